namespace ExecutionGrains.Views;

/// <summary>What ended in the minute or hour that begins at <c>At</c>.</summary>
public sealed record StatsPointView(DateTimeOffset At, IReadOnlyDictionary<string, long> ByStatus);
