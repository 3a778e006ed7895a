namespace ExecutionGrains.Views;

/// <summary>One silo: one process of the tracker. What only the silo itself knows is null if it did not answer.</summary>
/// <param name="SiloId">
/// Its address in the cluster, with a number that tells it from earlier silos at that address. A code in its place if the caller may not see addresses.
/// </param>
/// <param name="Status">The cluster's word: <c>active</c>, <c>joining</c>, <c>shutting_down</c>, <c>stopping</c>, <c>dead</c> and so on.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="Version">The version of the program.</param>
/// <param name="Address">Where other silos reach it. Null in a single silo on SQLite, and for everybody but admins of all namespaces.</param>
/// <param name="CommitQueue">Its commit queue.</param>
public sealed record SiloView(string SiloId, string Status, DateTimeOffset StartedAt, string? Version, string? Address, CommitQueueView? CommitQueue);
