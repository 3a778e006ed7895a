namespace ExecutionGrains.Storage;

/// <summary>An API key, known by its SHA-256 only.</summary>
/// <param name="Namespaces">Null is all.</param>
/// <param name="Claims">JSON object; names the caller on the record.</param>
/// <param name="ParentId">The key that made it, and with which it ends; null: none, or made before parents were kept.</param>
/// <param name="ReplacedBy">The key that took its place (<see cref="IAccessStore.InstallKeyAsync"/>); what it made and caused lives as long as that
/// one.</param>
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
