using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Storage.Access;

/// <summary>
/// Stores the silo's wrapped secrets and the changes of API keys other than creation and revocation (<see cref="IOperationsStore"/>). If silos share the
/// store, each change is announced to all of them in its own transaction (<see cref="Changes.AreKeys"/>).
/// </summary>
public interface IAccessStore
{
    /// <summary>All wrapped secrets by name. The store does not interpret them.</summary>
    Task<IReadOnlyDictionary<string, byte[]>> SecretsAsync(CancellationToken cancel);

    /// <summary>Creates or replaces one secret.</summary>
    /// <param name="expected">The value that must be stored now. Null: none may be stored.</param>
    /// <returns>False if another value is stored, because another writer was first. Nothing is written then.</returns>
    Task<bool> WriteSecretAsync(string name, byte[]? expected, byte[] value, CancellationToken cancel);

    /// <summary>Replaces secrets and writes the audit row in one transaction.</summary>
    /// <returns>False if any stored secret differs from its expected value. Nothing is written then.</returns>
    Task<bool> ReplaceSecretsAsync(IReadOnlyList<SecretChange> changes, AuditRow audit, CancellationToken cancel);

    /// <summary>Deletes all secrets. Everything signed with them becomes invalid, and the audit's hash chain begins anew.</summary>
    /// <param name="audit">Written in the same transaction, if there were secrets. Null: no audit row.</param>
    Task DeleteSecretsAsync(AuditRow? audit, CancellationToken cancel);

    /// <summary>Reads a setting. Null: there is none.</summary>
    Task<byte[]?> FindSettingAsync(string name, CancellationToken cancel);

    /// <summary>
    /// Deletes settings and overwrites their remains in the store's files. SQLite: database file and write-ahead log. PostgreSQL: the table, except for rows
    /// that an old snapshot still needs. PostgreSQL's write-ahead log keeps them until it is recycled.
    /// </summary>
    Task EraseSettingsAsync(IReadOnlyList<string> names, CancellationToken cancel);

    /// <summary>
    /// Adds a key, or makes it usable again, and revokes all other keys with the same id prefix at <paramref name="at"/>. The revoked keys name this key as
    /// their replacement.
    /// </summary>
    /// <param name="idPrefix">Must not contain <c>%</c> or <c>_</c>.</param>
    /// <param name="audit">Written in the same transaction. Null: no audit row.</param>
    Task InstallKeyAsync(ApiKeyRow key, string idPrefix, DateTimeOffset at, AuditRow? audit, CancellationToken cancel);

    /// <summary>Replaces the hash of a key. The previous hash stays valid until <paramref name="previousUntil"/>.</summary>
    /// <param name="audit">Written in the same transaction, if the key was rotated. Null: no audit row.</param>
    /// <returns>False if there is no such key, or if it is revoked.</returns>
    Task<bool> RotateKeyAsync(string keyId, byte[] hash, DateTimeOffset previousUntil, DateTimeOffset at, AuditRow? audit, CancellationToken cancel);

    /// <summary>The hashes of keys from before their rotation, including expired ones.</summary>
    Task<IReadOnlyList<PreviousKeyHash>> PreviousKeyHashesAsync(CancellationToken cancel);
}
