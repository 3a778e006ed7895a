namespace ExecutionGrains.Storage.Auditing;

/// <summary>The first thing in the chain that is not as it was sealed.</summary>
/// <param name="Sequence">Where in the chain.</param>
/// <param name="Number">The number of the row in the store. Null where it is about no stored row.</param>
/// <param name="Reason">One sentence without its full stop.</param>
public sealed record AuditFault(long Sequence, long? Number, string Reason);
