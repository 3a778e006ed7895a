namespace ExecutionGrains.Storage;

/// <summary>What is live now, and what ended in a window.</summary>
public sealed record Figures
{
    /// <summary>From when what ended is counted: the whole minute in which the window begins.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Live statuses now; final ones by epochs that ended in the window.</summary>
    public required IReadOnlyDictionary<ExecutionStatus, long> ByStatus { get; init; }

    public required IReadOnlyDictionary<Cause, long> ByCause { get; init; }

    public required IReadOnlyDictionary<Resolution, long> ByResolution { get; init; }

    public required long LateAfterLost { get; init; }

    /// <summary>Percentiles from log buckets, at most 5 % off; null where nothing ended.</summary>
    public TimeSpan? P50 { get; init; }

    public TimeSpan? P95 { get; init; }

    public TimeSpan? P99 { get; init; }

    public required IReadOnlyList<FigurePoint> Series { get; init; }
}
