using System.Net;
using ExecutionGrains.Storage.Postgres;

namespace ExecutionGrains.Silo.Configuration;

/// <summary>Logs at the start, one line each, the settings that are valid but unsafe in some environments.</summary>
public static partial class StartWarnings
{
    private const UnixFileMode OthersRead = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public static void Log(ProgramOptions options, DateTimeOffset now, ILogger log)
    {
        foreach (var warning in Of(options, now))
        {
            Warn(log, warning);
        }
    }

    public static IEnumerable<string> Of(ProgramOptions options, DateTimeOffset now)
    {
        if (options.SecurityText is { } text && text.Expires <= now)
        {
            yield return $"security.txt has expired, so readers ignore it: set a later ExecutionGrains__SecurityTxt__Expires than {text.Expires.UtcDateTime:u}";
        }

        if (options.StoreProvider != "postgres")
        {
            yield break;
        }

        if (PostgresStoreOptions.UnencryptedHost(options.StoreConnectionString!) is { } host)
        {
            yield return $"The connection to PostgreSQL at {host} may be unencrypted: "
                + $"add «SSL Mode=VerifyFull;Root Certificate=…» to ExecutionGrains__Store__ConnectionString (docs/postgres.md)";
        }

        if (options.ClusterCertificates is { } files)
        {
            if (IsReadByOthers(files.Key))
            {
                yield return $"Every account of this machine can read {files.Key} and can join the cluster with it: run «chmod 600 {files.Key}»";
            }
        }
        else if (!IPAddress.IsLoopback(options.ClusterAddress))
        {
            yield return $"Every machine that reaches the cluster's ports at {options.ClusterAddress} has full access without a key, "
                + "because ExecutionGrains__Cluster__Insecure is true";
        }
        else if (!options.ClusterInsecure)
        {
            yield return "Every account of this machine has full access at the cluster's ports without a key: "
                + "give the silos certificates (ExecutionGrains.Silo cluster certificates --out DIR), "
                + "or set ExecutionGrains__Cluster__Insecure to true if you trust all accounts";
        }
    }

    private static bool IsReadByOthers(string key) =>
        !OperatingSystem.IsWindows()
        && (File.GetUnixFileMode(File.ResolveLinkTarget(key, returnFinalTarget: true)?.FullName ?? key) & OthersRead) != UnixFileMode.None;

    [LoggerMessage(Microsoft.Extensions.Logging.LogLevel.Warning, "{Warning}")]
    private static partial void Warn(ILogger log, string warning);
}
