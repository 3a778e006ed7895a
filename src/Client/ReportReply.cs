namespace ExecutionGrains.Client;

/// <summary>The answer to a report.</summary>
/// <param name="Token">The fresh run token, where the tracker gave one.</param>
/// <param name="Lease">How long the lease is, measured on the tracker's clock alone, rather too short than too long; null where the transport cannot
/// tell.</param>
public sealed record ReportReply(ReportAnswer Answer, string? Token = null, TimeSpan? Lease = null);
