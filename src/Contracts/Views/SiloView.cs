namespace ExecutionGrains.Views;

/// <summary>One silo, which is one process of the tracker. Fields that only the silo itself knows are null if it did not answer.</summary>
/// <param name="SiloId">
/// The address in the cluster and a generation number, which differs from earlier silos at the same address. An opaque code if the caller may not see
/// addresses.
/// </param>
/// <param name="Status">
/// The status in the cluster membership: <c>active</c>, <c>joining</c>, <c>shutting_down</c>, <c>stopping</c>, <c>dead</c> and others of Orleans.
/// </param>
/// <param name="StartedAt">When the silo was started.</param>
/// <param name="Version">The version of the program.</param>
/// <param name="Address">The address that other silos use. Null for a single silo on SQLite, and unless the caller is an admin of all namespaces.</param>
/// <param name="CommitQueue">The commit queue of the silo.</param>
public sealed record SiloView(string SiloId, string Status, DateTimeOffset StartedAt, string? Version, string? Address, CommitQueueView? CommitQueue);
