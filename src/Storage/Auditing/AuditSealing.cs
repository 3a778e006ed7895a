namespace ExecutionGrains.Storage.Auditing;

/// <summary>What a pass of the sealer did.</summary>
/// <param name="Head">The head as this pass left or read it; null: nothing was ever sealed.</param>
/// <param name="Fault">Why it seals no more; null: nothing is wrong.</param>
public sealed record AuditSealing(AuditCheckpoint? Head, AuditFault? Fault);
