namespace ExecutionGrains.Views;

/// <summary>The store's word on itself. Size in bytes on disk.</summary>
/// <param name="GrowthBytesPerHour">What this silo has seen since its start, of the last 24 h at most; null in the first minute.</param>
public sealed record StoreView(string Kind, string EngineVersion, int Schema, long Size, long? GrowthBytesPerHour);
