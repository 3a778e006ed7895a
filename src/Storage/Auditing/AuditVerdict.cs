namespace ExecutionGrains.Storage.Auditing;

/// <summary>What a check of the chain found.</summary>
/// <param name="Checked">Sealed rows that are as they were sealed, up to the fault.</param>
/// <param name="Start">Up to which row retention has deleted; null: nothing was deleted.</param>
/// <param name="Head">The signed head; null: nothing is sealed yet.</param>
/// <param name="Fault">Null: the chain is whole.</param>
public sealed record AuditVerdict(long Checked, AuditCheckpoint? Start, AuditCheckpoint? Head, AuditTally Tally, AuditFault? Fault);
