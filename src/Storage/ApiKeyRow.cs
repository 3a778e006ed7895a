namespace ExecutionGrains.Storage;

/// <summary>An API key, known by its SHA-256 only.</summary>
/// <param name="Namespaces">Null is all.</param>
/// <param name="Claims">JSON object; names the caller on the record.</param>
public sealed record ApiKeyRow(
    string KeyId,
    string Name,
    string Role,
    IReadOnlyList<string>? Namespaces,
    byte[] Hash,
    string? Claims,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt);
