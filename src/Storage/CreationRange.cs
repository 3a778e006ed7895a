namespace ExecutionGrains.Storage;

/// <summary>
/// When executions were made that started in a given time. Nearly all start at their creation or soon after it; those that did not are apart, in
/// the index executions_skewed. So a list that is ordered by creation finds a time without walking down to it.
/// </summary>
internal sealed class CreationRange
{
    /// <summary>What is not skewed starts at most so long after its creation. As in the condition of the index executions_skewed.</summary>
    public const long DelayMax = 60 * Micros.PerSecond;

    /// <summary>And at most so long before it, by its producer's clock. Less: what was made up to here after a time is passed in vain.</summary>
    public const long AdvanceMax = 5 * Micros.PerSecond;

    public static readonly string Skewed = $"started_at - created_at not between {-AdvanceMax} and {DelayMax}";

    public static readonly CreationRange All = new(null, null);

    public CreationRange(DateTimeOffset? startedAfter, DateTimeOffset? startedBefore)
    {
        Floor = Micros.From(startedAfter) - DelayMax;
        Start = Micros.From(startedBefore) is { } before ? new(before + AdvanceMax + 1, string.Empty) : ListKey.Newest;
    }

    /// <summary>Where a walk begins at the earliest: a walk that had the upper bound as a condition would begin at the newest all the same.</summary>
    public ListKey Start { get; }

    /// <summary>The oldest creation; null where there is none.</summary>
    public long? Floor { get; }
}
