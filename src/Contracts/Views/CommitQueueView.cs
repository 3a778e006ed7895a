namespace ExecutionGrains.Views;

/// <summary>What waits to be written, and how the last batches went.</summary>
public sealed record CommitQueueView(long? Depth, double? BatchSize, double? LatencyMs);
