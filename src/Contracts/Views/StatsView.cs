namespace ExecutionGrains.Views;

/// <summary>What is live now, and what ended in the window.</summary>
public sealed record StatsView(
    string Window,
    IReadOnlyDictionary<string, long> ByStatus,
    IReadOnlyDictionary<string, long> ByCause,
    IReadOnlyDictionary<string, long> ByResolution,
    long LateAfterLost,
    DurationsView Durations,
    IReadOnlyList<ExecutionSummary> OldestRunning,
    IReadOnlyList<StatsPointView> Series);
