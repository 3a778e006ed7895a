namespace ExecutionGrains.Storage.Sqlite;

/// <summary>
/// When executions were made that started in a given time: within <see cref="SkewMax"/> of their start, the skewed ones apart, which
/// the index executions_skewed holds. So a list that is ordered by creation finds a time without walking down to it.
/// </summary>
internal sealed class CreationRange
{
    /// <summary>As in the condition of the index executions_skewed.</summary>
    public const long SkewMax = 60 * Micros.PerSecond;

    public static readonly CreationRange All = new();

    private CreationRange()
    {
        Floor = new();
        Both = new();
    }

    public CreationRange(DateTimeOffset? startedAfter, DateTimeOffset? startedBefore)
        : this()
    {
        if (Micros.From(startedAfter) is { } after)
        {
            Floor.And("created_at >= ?", after - SkewMax);
            Both.And(Floor);
        }

        if (Micros.From(startedBefore) is { } before)
        {
            Both.And("created_at <= ?", before + SkewMax);
            Start = new(before + SkewMax + 1, string.Empty);
        }
    }

    /// <summary>Where a walk begins at the earliest: a walk that had the upper bound as a condition would begin at the newest all the same.</summary>
    public ListKey Start { get; } = ListKey.Newest;

    public SqlClause Floor { get; }

    public SqlClause Both { get; }
}
