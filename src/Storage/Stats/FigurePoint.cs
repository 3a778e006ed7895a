namespace ExecutionGrains.Storage.Stats;

/// <summary>One bar of the series: the epochs that ended in the interval that begins at <c>At</c>, counted by status.</summary>
public sealed record FigurePoint(DateTimeOffset At, IReadOnlyDictionary<ExecutionStatus, long> ByStatus);
