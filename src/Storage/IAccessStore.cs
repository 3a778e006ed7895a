namespace ExecutionGrains.Storage;

/// <summary>
/// The silo's wrapped secrets, and what becomes of API keys besides making and revoking (<see cref="IOperationsStore"/>). Where silos share the store, every
/// change is announced to all of them in
/// its own transaction (<see cref="Changes.AreKeys"/>).
/// </summary>
public interface IAccessStore
{
    /// <summary>Wrapped secrets by name; what they hold, the caller knows.</summary>
    Task<IReadOnlyDictionary<string, byte[]>> SecretsAsync(CancellationToken cancel);

    /// <param name="expected">What must be stored now; null: nothing.</param>
    /// <returns>False where something else is stored: another writer was first.</returns>
    Task<bool> WriteSecretAsync(string name, byte[]? expected, byte[] value, CancellationToken cancel);

    /// <summary>Replaces secrets and writes the audit's row in one transaction.</summary>
    /// <returns>False where one of them is not as expected; then nothing is changed.</returns>
    Task<bool> ReplaceSecretsAsync(IReadOnlyList<SecretChange> changes, AuditRow audit, CancellationToken cancel);

    /// <summary>Deletes every secret. What they signed is void.</summary>
    /// <param name="audit">Written in the same transaction, where there were secrets. Null: nobody's action.</param>
    Task DeleteSecretsAsync(AuditRow? audit, CancellationToken cancel);

    /// <summary>Reads a setting; null where there is none.</summary>
    Task<byte[]?> FindSettingAsync(string name, CancellationToken cancel);

    /// <summary>
    /// Deletes settings and overwrites what the store's files still hold of them: SQLite's file and log; PostgreSQL's table, as far as no old snapshot needs
    /// it (its write-ahead log keeps
    /// them until it is recycled).
    /// </summary>
    Task EraseSettingsAsync(IReadOnlyList<string> names, CancellationToken cancel);

    /// <summary>
    /// Makes a key the only usable one among those whose ids begin alike, or usable again; each other is revoked at <paramref name="at"/> and names it as the
    /// one that replaced it.
    /// </summary>
    /// <param name="idPrefix">Without <c>%</c> and <c>_</c>.</param>
    /// <param name="audit">Written in the same transaction. Null: nobody's action.</param>
    Task InstallKeyAsync(ApiKeyRow key, string idPrefix, DateTimeOffset at, AuditRow? audit, CancellationToken cancel);

    /// <summary>Gives a key another hash. The one of before goes on until <paramref name="previousUntil"/>.</summary>
    /// <param name="audit">Written in the same transaction, where the key was rotated. Null: nobody's action.</param>
    /// <returns>False where there is no such key, or it was revoked.</returns>
    Task<bool> RotateKeyAsync(string keyId, byte[] hash, DateTimeOffset previousUntil, DateTimeOffset at, AuditRow? audit, CancellationToken cancel);

    /// <summary>The hashes that keys had before they were rotated, those that are over included.</summary>
    Task<IReadOnlyList<PreviousKeyHash>> PreviousKeyHashesAsync(CancellationToken cancel);
}
