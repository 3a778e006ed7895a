namespace ExecutionGrains.Views;

/// <summary>Percentiles, at most 5 % off; null where nothing ended.</summary>
public sealed record DurationsView(double? P50Ms, double? P95Ms, double? P99Ms);
