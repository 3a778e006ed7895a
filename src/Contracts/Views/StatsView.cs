namespace ExecutionGrains.Views;

/// <summary>What is live now, and what ended in the window.</summary>
/// <param name="Since">From when what ended is counted: the whole minute in which the window begins.</param>
public sealed record StatsView(
    string Window,
    DateTimeOffset Since,
    IReadOnlyDictionary<string, long> ByStatus,
    IReadOnlyDictionary<string, long> ByCause,
    IReadOnlyDictionary<string, long> ByResolution,
    long LateAfterLost,
    DurationsView Durations,
    IReadOnlyList<ExecutionSummary> OldestRunning,
    IReadOnlyList<StatsPointView> Series);
