using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage;

/// <summary>What takes the place of an execution that is forgotten.</summary>
/// <param name="State">As it was loaded; the store must hold this revision.</param>
/// <param name="IdHash">The keyed hash of its id, 16 bytes: the tombstone.</param>
/// <param name="ExpiresAt">Until when the tombstone keeps the id from being used again.</param>
/// <param name="Audit">Who forgot it, and when.</param>
public sealed record Deletion(ExecutionState State, byte[] IdHash, DateTimeOffset ExpiresAt, AuditRow Audit);
