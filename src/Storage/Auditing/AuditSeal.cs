namespace ExecutionGrains.Storage.Auditing;

/// <summary>The place of one row in the hash chain.</summary>
/// <param name="Number">The row's number in the store.</param>
public sealed record AuditSeal(long Number, long Sequence, byte[] Hash);
