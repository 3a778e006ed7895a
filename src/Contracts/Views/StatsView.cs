namespace ExecutionGrains.Views;

/// <summary>Statistics of the live executions and of those that ended in the window. An execution counts once for each of its epochs that ended.</summary>
/// <param name="Window">The window of the request. Default <c>24h</c>.</param>
/// <param name="Since">The whole minute from which ended executions are counted.</param>
/// <param name="ByStatus">Executions by status: live ones now, ended ones in the window. Contains every status.</param>
/// <param name="ByCause">Ended executions by cause. Contains every cause.</param>
/// <param name="ByResolution">Resolved executions by resolution. Contains every resolution.</param>
/// <param name="LateAfterLost">Lost executions for which an event arrived after the loss.</param>
/// <param name="Durations">Percentiles of the durations of the ended executions.</param>
/// <param name="OldestRunning">The executions that have run longest, at most 10.</param>
/// <param name="Series">The executions that ended in each minute or hour of the window, oldest first.</param>
public sealed record StatsView(
    string Window,
    DateTimeOffset Since,
    IReadOnlyDictionary<string, long> ByStatus,
    IReadOnlyDictionary<string, long> ByCause,
    IReadOnlyDictionary<string, long> ByResolution,
    long LateAfterLost,
    DurationsView Durations,
    IReadOnlyList<ExecutionSummary> OldestRunning,
    IReadOnlyList<StatsPointView> Series)
{
    /// <summary>
    /// The part of <c>byStatus</c> that belongs to workflows without figures of their own: those beyond the 10,000th of their namespace. Only statuses that
    /// occur; empty if <c>workflow</c> is given.
    /// </summary>
    public IReadOnlyDictionary<string, long> Overflow { get; init; } = new Dictionary<string, long>();
}
