namespace ExecutionGrains.Views;

/// <summary>Durations of the executions that ended in the window. Each figure is at most 5 % off, and null if nothing ended.</summary>
/// <param name="P50Ms">Half of them took at most so many milliseconds.</param>
/// <param name="P95Ms">95 % of them took at most so many milliseconds.</param>
/// <param name="P99Ms">99 % of them took at most so many milliseconds.</param>
public sealed record DurationsView(double? P50Ms, double? P95Ms, double? P99Ms);
