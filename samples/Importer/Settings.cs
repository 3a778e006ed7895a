using ExecutionGrains.GrainInterfaces;

namespace ExecutionGrains.Samples.Importer;

/// <summary>What the importer was started with.</summary>
/// <param name="Source">The tree that the jobs read; they never write to it.</param>
/// <param name="Work">Where the jobs write.</param>
/// <param name="Doomed">Whether this process is the one that dies without a word.</param>
/// <param name="Cluster">The database of the cluster, for reports over the grain interface; null: they go over HTTP.</param>
/// <param name="Certificates">By which the importer connects to the cluster; null: the cluster has none.</param>
internal sealed record Settings(Uri Url, string Key, string Source, string Work, bool Doomed, string? Cluster, CertificateFiles? Certificates)
{
    public const string Usage = """
        importer [--url http://localhost:5080] [--key <API key, admin to cancel>] [--source <folder to read>] [--work <folder to write>]
        The environment's EXECUTIONGRAINS_URL and EXECUTIONGRAINS_KEY stand in for --url and --key. With EXECUTIONGRAINS_CLUSTER, the connection string of the
        cluster's PostgreSQL, it reports over the grain interface, with client.pem, client.key and ca.pem of the folder EXECUTIONGRAINS_CERTIFICATES.
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
            address, key, Path.GetFullPath(Value("--source") ?? Repository()), Path.GetFullPath(work), args.Contains("--doomed"),
            string.IsNullOrEmpty(cluster) ? null : cluster, ReadCertificates());

        string? Value(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
    }

    private static CertificateFiles? ReadCertificates() =>
        Environment.GetEnvironmentVariable("EXECUTIONGRAINS_CERTIFICATES") is { Length: > 0 } folder
            ? new(Path.Combine(folder, "client.pem"), Path.Combine(folder, "client.key"), Path.Combine(folder, "ca.pem"))
            : null;

    /// <summary>The repository that this program was built in; outside of one, the program's own folder.</summary>
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
