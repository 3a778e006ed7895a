namespace ExecutionGrains.Storage;

/// <summary>Facts about the store for operators.</summary>
public sealed record StoreDescription(string Kind, string EngineVersion, int SchemaVersion, long SizeBytes);
