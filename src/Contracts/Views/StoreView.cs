namespace ExecutionGrains.Views;

/// <summary>The store's word on itself. Size in bytes on disk.</summary>
public sealed record StoreView(string Kind, string EngineVersion, int Schema, long Size);
