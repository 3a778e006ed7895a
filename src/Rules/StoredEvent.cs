namespace ExecutionGrains.Rules;

/// <summary>A stored event that used up its event id.</summary>
/// <param name="CommitId">The id of the commit that wrote it. If it is the id of an uncertain commit of this silo, that commit was written.</param>
public sealed record StoredEvent(int Epoch, string EventId, byte[] Hash, Result Result, Code? Code, long CommitId);
