namespace ExecutionGrains.Storage.Commits;

/// <summary>Identifies an event within its execution. An event id is unique within its epoch.</summary>
public readonly record struct EventKey(int Epoch, string EventId);
