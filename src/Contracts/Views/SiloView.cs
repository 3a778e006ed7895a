namespace ExecutionGrains.Views;

/// <summary>One silo. What only the silo itself knows is null where it did not answer.</summary>
/// <param name="SiloId">
/// Its address in the cluster, with a number that tells it from earlier silos at that address. A code in its place if the caller may not see addresses.
/// </param>
/// <param name="Status">The cluster's word: <c>active</c>, <c>joining</c>, <c>shutting_down</c>, <c>stopping</c>, <c>dead</c> …</param>
/// <param name="Version">Of the program.</param>
/// <param name="Address">Where other silos reach it. Null in a single silo on SQLite, and for everybody but admins of all namespaces.</param>
public sealed record SiloView(string SiloId, string Status, DateTimeOffset StartedAt, string? Version, string? Address, CommitQueueView? CommitQueue);
