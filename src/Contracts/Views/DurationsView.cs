namespace ExecutionGrains.Views;

/// <summary>Percentiles of the durations of executions that ended in the window. The error is at most 5 %. Null if none ended.</summary>
/// <param name="P50Ms">The 50th percentile in milliseconds.</param>
/// <param name="P95Ms">The 95th percentile in milliseconds.</param>
/// <param name="P99Ms">The 99th percentile in milliseconds.</param>
public sealed record DurationsView(double? P50Ms, double? P95Ms, double? P99Ms);
