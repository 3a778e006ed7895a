namespace ExecutionGrains.Silo.Hosting;

/// <summary>
/// What the host and the runtime tell. Of a start that fails they tell hundreds of lines, of which the silo says one itself; of a stop, what a silo that is going can no longer do for
/// anybody. They are silent until it serves and once it stops, but to whoever asks for one of them by name, as in <c>Logging__LogLevel__Orleans.Runtime.Silo=Error</c>.
/// </summary>
public sealed class RuntimeTraces
{
    /// <summary>What it tells of its own life, short of a warning, is for whoever asks for it.</summary>
    private const string Runtime = "Orleans";

    /// <summary>Its errors name the silos that the one that joins cannot reach, while it tries for a minute.</summary>
    private const string Joining = "Orleans.Runtime.MembershipService";

    private static readonly string[] StartTellers =
    [
        "Microsoft.Extensions.Hosting.Internal.Host", "Orleans.Runtime.Silo", "Orleans.Runtime.Watchdog", "Orleans.Runtime.ReminderService",
        "Orleans.Runtime.Messaging", "Orleans.Runtime.GrainDirectory", "Orleans.Runtime.Metadata",
    ];

    private volatile bool serves;
    private volatile bool stops;

    public void Filter(ILoggingBuilder logging, IConfiguration configuration)
    {
        foreach (var teller in StartTellers.Append(Joining).Append(Runtime).Where(teller => configuration[$"Logging:LogLevel:{teller}"] is null))
        {
            logging.AddFilter(teller, level => level >= Least(teller));
        }
    }

    /// <summary>The start came to its end: from here on what they tell is news.</summary>
    public void Serve() => serves = true;

    /// <summary>It was told to stop.</summary>
    public void Stop() => stops = true;

    private Microsoft.Extensions.Logging.LogLevel Least(string teller) => (stops, serves, teller) switch
    {
        (true, _, _) => Microsoft.Extensions.Logging.LogLevel.None,
        (_, true, _) or (_, _, Runtime) => Microsoft.Extensions.Logging.LogLevel.Warning,
        (_, _, Joining) => Microsoft.Extensions.Logging.LogLevel.Error,
        _ => Microsoft.Extensions.Logging.LogLevel.None,
    };
}
