namespace ExecutionGrains.Storage.Auditing;

/// <summary>How many rows the chain covers, and its checkpoints at the same moment.</summary>
/// <param name="UnsealedOldest">The time of the oldest row that is not sealed; null: there is none.</param>
/// <param name="Start">The sequence of <see cref="AuditCheckpoint.Start"/>; 0: there is none.</param>
/// <param name="Head">The sequence of <see cref="AuditCheckpoint.Head"/>; 0: there is none.</param>
public sealed record AuditTally(long Sealed, long Unsealed, DateTimeOffset? UnsealedOldest, long Start, long Head);
