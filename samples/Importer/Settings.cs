using ExecutionGrains.GrainInterfaces;

namespace ExecutionGrains.Samples.Importer;

/// <summary>Settings from the command line and the environment.</summary>
/// <param name="Source">Folder that the jobs read. They never write to it.</param>
/// <param name="Work">Folder that the jobs write to.</param>
/// <param name="IsKilled">Whether this process is the one that is killed in the middle of its work.</param>
/// <param name="Cluster">Connection string of the cluster's database, to report over the grain interface. Null: report over HTTP.</param>
/// <param name="Certificates">Certificates for connecting to the cluster. Null if the cluster uses none.</param>
internal sealed record Settings(Uri Url, string Key, string Source, string Work, bool IsKilled, string? Cluster, CertificateFiles? Certificates)
{
    public const string Usage = """
        importer [--url http://localhost:5080] [--key <API key, admin to cancel>] [--source <folder to read>] [--work <folder to write>]
        EXECUTIONGRAINS_URL and EXECUTIONGRAINS_KEY in the environment replace --url and --key. If EXECUTIONGRAINS_CLUSTER is the connection string of the
        cluster's PostgreSQL database, the importer reports over the grain interface. It then uses client.pem, client.key and ca.pem of the folder
        EXECUTIONGRAINS_CERTIFICATES.
        """;

    public static Settings? Read(string[] args)
    {
        var url = Value("--url") ?? Environment.GetEnvironmentVariable("EXECUTIONGRAINS_URL") ?? "http://localhost:5080";
        var key = Value("--key") ?? Environment.GetEnvironmentVariable("EXECUTIONGRAINS_KEY");
        if (string.IsNullOrEmpty(key) || !Uri.TryCreate(url, UriKind.Absolute, out var address))
        {
            return null;
        }

        var work = Value("--work") ?? Path.Combine(Path.GetTempPath(), "executiongrains-importer");
        var cluster = Environment.GetEnvironmentVariable("EXECUTIONGRAINS_CLUSTER");
        return new Settings(
            address, key, Path.GetFullPath(Value("--source") ?? Repository()), Path.GetFullPath(work), args.Contains("--killed"),
            string.IsNullOrEmpty(cluster) ? null : cluster, ReadCertificates());

        string? Value(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
    }

    private static CertificateFiles? ReadCertificates() =>
        Environment.GetEnvironmentVariable("EXECUTIONGRAINS_CERTIFICATES") is { Length: > 0 } folder
            ? new(Path.Combine(folder, "client.pem"), Path.Combine(folder, "client.key"), Path.Combine(folder, "ca.pem"))
            : null;

    /// <summary>Root of the repository that contains this program; the program's own folder if there is none.</summary>
    private static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (folder.EnumerateFiles("*.sln").Any())
            {
                return folder.FullName;
            }
        }

        return AppContext.BaseDirectory;
    }
}
