namespace ExecutionGrains.Views;

/// <summary>The executions that ended in one minute or hour.</summary>
/// <param name="At">The beginning of the minute or hour.</param>
/// <param name="ByStatus">Ended executions by status.</param>
public sealed record StatsPointView(DateTimeOffset At, IReadOnlyDictionary<string, long> ByStatus);
