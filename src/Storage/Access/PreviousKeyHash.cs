namespace ExecutionGrains.Storage.Access;

/// <summary>A hash that an API key had before its rotation. Valid for sign-in until it expires.</summary>
public sealed record PreviousKeyHash(byte[] Hash, string KeyId, DateTimeOffset ExpiresAt);
