namespace ExecutionGrains.Rules;

/// <summary>What the rules need to know of the configuration.</summary>
public sealed record RuleSettings
{
    /// <summary>What a lease or deadline may be exceeded by. Default 10 s.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a claim may go without contact. Default 30 s.</summary>
    public TimeSpan ClaimTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a worker may take to stop. Default 30 s.</summary>
    public TimeSpan CancelGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The least epoch that may be opened from now on, the first one of an execution apart. Default 1; more in a store that was restored from a backup (decision 8).</summary>
    public int EpochMin { get; init; } = 1;
}
