namespace ExecutionGrains.Storage;

/// <summary>Names an event within its execution: an id is unique in its epoch.</summary>
public readonly record struct EventKey(int Epoch, string EventId);
