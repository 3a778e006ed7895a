namespace ExecutionGrains.Storage.Auditing;

/// <summary>A row of the audit as it is stored.</summary>
/// <param name="Number">The store's own number: the order of insertion.</param>
/// <param name="Sequence">Its place in the hash chain, from 1 without gaps; null: not sealed yet.</param>
/// <param name="Hash">Its hash in the chain, 32 bytes; null where <paramref name="Sequence"/> is.</param>
public sealed record AuditEntry(long Number, AuditRow Row, long? Sequence, byte[]? Hash);
