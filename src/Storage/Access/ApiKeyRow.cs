namespace ExecutionGrains.Storage.Access;

/// <summary>A stored API key. Only the SHA-256 hash of its secret is stored.</summary>
/// <param name="Namespaces">The namespaces that the key may access. Null: all.</param>
/// <param name="Claims">JSON object that identifies the caller in records. Null: none.</param>
/// <param name="ParentId">
/// Id of the key that created this one. This key is valid only as long as its parent. Null: no parent, or created before parents were stored.
/// </param>
/// <param name="ReplacedBy">
/// Id of the key that replaced this one (<see cref="IAccessStore.InstallKeyAsync"/>). What this key created or authorized stays valid as long as the
/// replacement.
/// </param>
public sealed record ApiKeyRow(
    string KeyId,
    string Name,
    string Role,
    IReadOnlyList<string>? Namespaces,
    byte[] Hash,
    string? Claims,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt,
    string? ParentId = null,
    string? ReplacedBy = null);
