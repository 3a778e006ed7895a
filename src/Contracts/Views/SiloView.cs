namespace ExecutionGrains.Views;

/// <summary>One silo. What only the silo itself knows is null where it did not answer.</summary>
/// <param name="SiloId">The tracker's name for it; on Orleans its address in the cluster.</param>
/// <param name="Status">The cluster's word: <c>active</c>, <c>joining</c>, <c>shutting_down</c>, <c>stopping</c>, <c>dead</c> …</param>
/// <param name="Version">Of the program.</param>
/// <param name="Address">Where other silos reach it; null where there are none.</param>
public sealed record SiloView(string SiloId, string Status, DateTimeOffset StartedAt, string? Version, string? Address, CommitQueueView? CommitQueue);
