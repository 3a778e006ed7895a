namespace ExecutionGrains.Client;

/// <summary>The answer to a report.</summary>
/// <param name="Token">A new run token; null if the tracker sent none.</param>
/// <param name="Lease">Duration of the lease. Computed from the tracker's clock alone, and rounded down. Null if there is no lease or the transport cannot
/// compute it.</param>
public sealed record ReportReply(ReportAnswer Answer, string? Token = null, TimeSpan? Lease = null);
