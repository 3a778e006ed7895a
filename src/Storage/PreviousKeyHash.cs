namespace ExecutionGrains.Storage;

/// <summary>A hash that an API key had before it was rotated, and until when it opens the key's doors.</summary>
public sealed record PreviousKeyHash(byte[] Hash, string KeyId, DateTimeOffset ExpiresAt);
