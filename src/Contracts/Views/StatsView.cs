namespace ExecutionGrains.Views;

/// <summary>What is live now, and what ended in the window.</summary>
/// <param name="Window">The window as it was asked for; <c>24h</c> if it was not.</param>
/// <param name="Since">The whole minute from which ended executions are counted.</param>
/// <param name="ByStatus">Executions by status: live ones now, ended ones in the window. Every status is there.</param>
/// <param name="ByCause">Ended executions by cause. Every cause is there.</param>
/// <param name="ByResolution">Resolved executions by resolution. Every resolution is there.</param>
/// <param name="LateAfterLost">Events that arrived after their execution was lost.</param>
/// <param name="Durations">How long the ended executions took.</param>
/// <param name="OldestRunning">The executions that have run longest, at most 10.</param>
/// <param name="Series">What ended in each minute or hour of the window, oldest first.</param>
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
