namespace ExecutionGrains.Storage.Stats;

/// <summary>Counts of the executions that are live now, and of the epochs that ended in a window.</summary>
public sealed record Figures
{
    /// <summary>Start of the counted window. The requested start is rounded down to a whole minute, or to a whole hour for windows over 7 days.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Live statuses: executions now. Final statuses: epochs that ended in the window.</summary>
    public required IReadOnlyDictionary<ExecutionStatus, long> ByStatus { get; init; }

    /// <summary>
    /// The part of <see cref="ByStatus"/> that belongs to workflows which are not counted separately: those beyond the 10,000th of their namespace. Empty if
    /// the figures of one workflow were requested.
    /// </summary>
    public IReadOnlyDictionary<ExecutionStatus, long> Overflow { get; init; } = new Dictionary<ExecutionStatus, long>();

    public required IReadOnlyDictionary<Cause, long> ByCause { get; init; }

    public required IReadOnlyDictionary<Resolution, long> ByResolution { get; init; }

    public required long LateAfterLost { get; init; }

    /// <summary>Duration percentiles from logarithmic buckets, within 4 %. Null: no epoch with a duration ended.</summary>
    public TimeSpan? P50 { get; init; }

    public TimeSpan? P95 { get; init; }

    public TimeSpan? P99 { get; init; }

    public required IReadOnlyList<FigurePoint> Series { get; init; }
}
