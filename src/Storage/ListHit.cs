namespace ExecutionGrains.Storage;

/// <summary>An execution of a list: its place, and its state as it is stored.</summary>
internal readonly record struct ListHit(ListKey Key, byte[] State);
