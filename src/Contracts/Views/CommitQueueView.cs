namespace ExecutionGrains.Views;

/// <summary>The queue of a silo's writes to the store.</summary>
/// <param name="Depth">Writes that are waiting.</param>
/// <param name="BatchSize">Writes in the last transaction.</param>
/// <param name="LatencyMs">Duration of the last transaction in milliseconds.</param>
public sealed record CommitQueueView(long? Depth, double? BatchSize, double? LatencyMs);
