namespace ExecutionGrains.Storage;

/// <summary>One bar of the series: what ended in the minute or hour that begins at <c>At</c>.</summary>
public sealed record FigurePoint(DateTimeOffset At, IReadOnlyDictionary<ExecutionStatus, long> ByStatus);
