namespace ExecutionGrains.Rules;

/// <summary>An event that took its id.</summary>
/// <param name="CommitId">The commit that wrote it: under our own, an uncertain write was written.</param>
public sealed record PriorEvent(int Epoch, string EventId, byte[] Hash, Result Result, Code? Code, long CommitId);
