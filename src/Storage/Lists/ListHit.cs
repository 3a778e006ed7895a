namespace ExecutionGrains.Storage.Lists;

/// <summary>An execution found by a list: its position and its stored state.</summary>
internal readonly record struct ListHit(ListKey Key, byte[] State);
