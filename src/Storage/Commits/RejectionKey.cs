namespace ExecutionGrains.Storage.Commits;

/// <summary>Identifies a rejection within its execution.</summary>
public readonly record struct RejectionKey(Code Code, int Epoch, string EventId);
