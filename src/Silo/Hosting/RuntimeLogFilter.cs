namespace ExecutionGrains.Silo.Hosting;

/// <summary>
/// Filters what the host, Orleans and Polly log. A failed start logs hundreds of lines, where the silo prints the reason in one; a stop logs what the leaving
/// silo can no longer do. Both are silent. A category that the configuration names keeps its configured level, as in
/// <c>Logging__LogLevel__Orleans.Runtime.Silo=Error</c>.
/// </summary>
public sealed class RuntimeLogFilter
{
    /// <summary>Logs an error for each attempt to reach the active silos while this one joins, for up to a minute.</summary>
    private const string Membership = "Orleans.Runtime.MembershipService";

    /// <summary>Logs a warning with its stack trace for each handshake that fails.</summary>
    private const string Handshakes = "Orleans.Connections.Security";

    /// <summary>Log information about every activation: Orleans about itself, Polly (two records) about how Orleans placed it.</summary>
    private static readonly string[] Verbose = ["Orleans", "Polly"];

    /// <summary>Log the failure of a start with its stack trace, each again. Prefixes: the category that matches longest decides.</summary>
    private static readonly string[] RepeatStartFailure =
    [
        "Microsoft.Extensions.Hosting.Internal.Host", "Orleans.Runtime.Silo", "Orleans.Runtime.Watchdog", "Orleans.Runtime.ReminderService",
        "Orleans.Messaging", "Orleans.Runtime.Messaging", "Orleans.Runtime.GrainDirectory", "Orleans.Runtime.Metadata",
        Handshakes,
    ];

    private readonly LogWindow handshakes = new(TimeProvider.System);
    private volatile bool isServing;
    private volatile bool isStopping;

    public void Filter(ILoggingBuilder logging, IConfiguration configuration)
    {
        foreach (var category in RepeatStartFailure.Append(Membership).Concat(Verbose).Where(category => configuration[$"Logging:LogLevel:{category}"] is null))
        {
            logging.AddFilter(category, level => level >= LevelMin(category) && (category != Handshakes || handshakes.IsOpen()));
        }
    }

    /// <summary>The start has succeeded: warnings and errors are news from here on.</summary>
    public void Serve() => isServing = true;

    /// <summary>The silo was told to stop.</summary>
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
