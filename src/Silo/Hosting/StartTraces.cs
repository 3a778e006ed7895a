namespace ExecutionGrains.Silo.Hosting;

/// <summary>
/// What the host and the runtime tell of a start that fails: hundreds of lines, of which the silo says one itself. They are silent until it serves, but to whoever asks for one of them by
/// name, as in <c>Logging__LogLevel__Orleans.Runtime.Silo=Error</c>.
/// </summary>
public sealed class StartTraces
{
    private static readonly string[] Tellers =
    [
        "Microsoft.Extensions.Hosting.Internal.Host", "Orleans.Runtime.Silo", "Orleans.Runtime.Watchdog", "Orleans.Runtime.ReminderService",
        "Orleans.Runtime.Messaging", "Orleans.Runtime.GrainDirectory", "Orleans.Runtime.Metadata",
    ];

    /// <summary>Its errors name the silos that the one that joins cannot reach, while it tries for a minute.</summary>
    private const string Joining = "Orleans.Runtime.MembershipService";

    private volatile bool serves;

    public void Filter(ILoggingBuilder logging, IConfiguration configuration)
    {
        foreach (var teller in Tellers.Append(Joining).Where(teller => configuration[$"Logging:LogLevel:{teller}"] is null))
        {
            var least = teller == Joining ? Microsoft.Extensions.Logging.LogLevel.Error : Microsoft.Extensions.Logging.LogLevel.None;
            logging.AddFilter(teller, level => level >= (serves ? Microsoft.Extensions.Logging.LogLevel.Warning : least));
        }
    }

    /// <summary>The start came to its end: from here on what they tell is news.</summary>
    public void End() => serves = true;
}
