using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Auditing;

namespace ExecutionGrains.Storage.Commits;

/// <summary>The permanent deletion of an execution, and what is stored in its place.</summary>
/// <param name="State">The state as loaded. The store must hold this revision.</param>
/// <param name="IdHash">The tombstone: the keyed hash of the id, 16 bytes.</param>
/// <param name="ExpiresAt">When the tombstone expires. Until then the id cannot be used again.</param>
/// <param name="Audit">The audit row: who deleted it, and when.</param>
public sealed record Deletion(ExecutionState State, byte[] IdHash, DateTimeOffset ExpiresAt, AuditRow Audit);
