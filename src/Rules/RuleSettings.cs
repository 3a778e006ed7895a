namespace ExecutionGrains.Rules;

/// <summary>The settings that the rules use.</summary>
public sealed record RuleSettings
{
    /// <summary>The time after a lease or deadline before the tracker acts on it (<c>Janitor__Grace</c>). Default 10 s.</summary>
    public TimeSpan DeadlineGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time after a claim in which a report must arrive (<c>Claims__Timeout</c>). Default 30 s.</summary>
    public TimeSpan ClaimTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time that a worker has to stop after a cancel or its timeout (<c>Cancel__Grace</c>). Default 30 s.</summary>
    public TimeSpan CancelGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The lowest number for a new epoch, except the first one of an execution. Default 1; higher in a store that was restored from a backup
    /// (docs/decisions/0008-restored-stores.md).
    /// </summary>
    public int EpochMin { get; init; } = 1;
}
