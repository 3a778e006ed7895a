namespace ExecutionGrains.Storage;

/// <summary>What the store says of itself.</summary>
public sealed record StoreDescription(string Kind, string EngineVersion, int SchemaVersion, long SizeBytes);
