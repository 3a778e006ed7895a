namespace ExecutionGrains.Client;

/// <summary>The answer to a report, with the fresh run token where the tracker gave one.</summary>
public sealed record ReportReply(ReportAnswer Answer, string? Token = null);
