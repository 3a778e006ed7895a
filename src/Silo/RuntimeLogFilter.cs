using ExecutionGrains.Silo.Clustering;

namespace ExecutionGrains.Silo;

/// <summary>
/// Filters the log records of the host, Orleans and Polly. At a failed start they log hundreds of lines, while the silo prints the reason in one line. During
/// a stop they log calls that the leaving silo can no longer make. Both are suppressed. A category that the configuration names keeps its configured level,
/// as in <c>Logging__LogLevel__Orleans.Runtime.Silo=Error</c>.
/// </summary>
/// <param name="time">Clock of the rate limits.</param>
public sealed class RuntimeLogFilter(TimeProvider time)
{
    /// <summary>Logs an error for each attempt to reach the active silos while this one joins, for up to a minute.</summary>
    private const string Membership = "Orleans.Runtime.MembershipService";

    /// <summary>Logs a warning with its stack trace for each handshake that fails.</summary>
    private const string Handshakes = "Orleans.Connections.Security";

    /// <summary>
    /// Logs an error with its stack trace for each body that no endpoint reads and whose trailers hold a NUL or bytes that are not text. No key is needed to
    /// cause one. Exceptions of requests are logged by <c>ProblemMiddleware</c> under its own category.
    /// </summary>
    private const string Server = "Microsoft.AspNetCore.Server.Kestrel";

    /// <summary>These log at level Information for every activation: Orleans about the activation, Polly (two records) about its placement.</summary>
    private static readonly string[] Verbose = ["Orleans", "Polly"];

    /// <summary>These each log the failure of a start with its stack trace. The names are prefixes; the longest match decides.</summary>
    private static readonly string[] RepeatStartFailure =
    [
        "Microsoft.Extensions.Hosting.Internal.Host", "Orleans.Runtime.Silo", "Orleans.Runtime.Watchdog", "Orleans.Runtime.ReminderService",
        "Orleans.Messaging", "Orleans.Runtime.Messaging", "Orleans.Runtime.GrainDirectory", "Orleans.Runtime.Metadata",
        Handshakes,
    ];

    private readonly LogRateLimiter handshakes = new(time);
    private readonly LogRateLimiter server = new(time);
    private volatile bool isServing;
    private volatile bool isStopping;

    public void Filter(ILoggingBuilder logging, IConfiguration configuration)
    {
        foreach (var category in RepeatStartFailure.Append(Membership).Concat(Verbose).Where(category => configuration[$"Logging:LogLevel:{category}"] is null))
        {
            logging.AddFilter(category, level => level >= LevelMin(category) && (category != Handshakes || handshakes.IsOpen()));
        }

        if (configuration[$"Logging:LogLevel:{Server}"] is null)
        {
            logging.AddFilter(Server, level => level >= Microsoft.Extensions.Logging.LogLevel.Warning && server.IsOpen());
        }
    }

    /// <summary>Call when the start has succeeded. From then on, warnings and errors of these categories are logged.</summary>
    public void Serve() => isServing = true;

    /// <summary>Call when the silo begins to stop. From then on, nothing of these categories is logged.</summary>
    public void Stop() => isStopping = true;

    private Microsoft.Extensions.Logging.LogLevel LevelMin(string category) => (isStopping, isServing) switch
    {
        (true, _) => Microsoft.Extensions.Logging.LogLevel.None,
        (_, true) => Microsoft.Extensions.Logging.LogLevel.Warning,
        _ when Verbose.Contains(category) => Microsoft.Extensions.Logging.LogLevel.Warning,
        _ when category == Membership => Microsoft.Extensions.Logging.LogLevel.Error,
        _ => Microsoft.Extensions.Logging.LogLevel.None,
    };
}
