using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, byte[]>> SecretsAsync(CancellationToken cancel) => GrainReaders.RunAsync<IReadOnlyDictionary<string, byte[]>>(
        "read the secrets",
        s => s["secrets-list"].All(row => (Name: row.Text(0), Value: row.Blob(1))).ToDictionary(row => row.Name, row => row.Value, StringComparer.Ordinal),
        cancel);

    /// <inheritdoc/>
    public Task<bool> WriteSecretAsync(string name, byte[]? expected, byte[] value, CancellationToken cancel) => Writer.RunAsync(
        "write a secret",
        s => (expected is null ? s["secret-create"].Text(name).Blob(value) : s["secret-replace"].Blob(value).Text(name).Blob(expected)).Run() == 1);

    /// <inheritdoc/>
    public Task<bool> ReplaceSecretsAsync(IReadOnlyList<SecretChange> changes, AuditRow audit, CancellationToken cancel) =>
        AuditedAsync("replace secrets", audit, s =>
        {
            var stored = s["secrets-list"].All(row => (Name: row.Text(0), Value: row.Blob(1)))
                .ToDictionary(row => row.Name, row => row.Value, StringComparer.Ordinal);
            return changes.All(c => stored.TryGetValue(c.Name, out var value) && value.AsSpan().SequenceEqual(c.Expected))
                && changes.All(c => s["secret-replace"].Blob(c.Value).Text(c.Name).Blob(c.Expected).Run() == 1);
        });

    /// <inheritdoc/>
    public Task DeleteSecretsAsync(AuditRow? audit, CancellationToken cancel) =>
        AuditedAsync("delete the secrets", audit, s =>
        {
            // What they signed is void: the audit's chain begins anew.
            s["audit-unseal"].Run();
            s["audit-checkpoints-delete"].Run();
            return s["secrets-delete"].Run() > 0;
        });

    /// <inheritdoc/>
    public Task<byte[]?> FindSettingAsync(string name, CancellationToken cancel) =>
        GrainReaders.RunAsync("read a setting", s => s["setting-read"].Text(name).One(row => row.Blob(0)), cancel);

    /// <inheritdoc/>
    public Task EraseSettingsAsync(IReadOnlyList<string> names, CancellationToken cancel) => Writer.RunAsync("erase a setting", session =>
    {
        session.Execute("pragma secure_delete = on;");
        try
        {
            session.InTransaction(s => names.Sum(name => s["setting-delete"].Text(name).Run()));
        }
        finally
        {
            session.Execute("pragma secure_delete = off;");
        }

        // The log may still hold the old page. The silo is starting, so no reader keeps the log from being truncated.
        session.Execute("pragma wal_checkpoint(truncate);");
        return true;
    });

    /// <inheritdoc/>
    public Task InstallKeyAsync(ApiKeyRow key, string idPrefix, DateTimeOffset at, AuditRow? audit, CancellationToken cancel) =>
        AuditedAsync("install a key", audit, s =>
        {
            s["key-install"].Text(key.KeyId).Text(key.Name).Text(key.Role).Text(StateJson.Texts(key.Namespaces)).Blob(key.Hash).Text(key.Claims)
                .Time(key.CreatedAt).Time(key.ExpiresAt).Run();
            s["keys-replace"].Time(at).Text(key.KeyId).Text(idPrefix).Run();
            return true;
        });

    /// <inheritdoc/>
    public Task<bool> RotateKeyAsync(string keyId, byte[] hash, DateTimeOffset previousUntil, DateTimeOffset at, AuditRow? audit, CancellationToken cancel) =>
        AuditedAsync("rotate a key", audit, s =>
        {
            s["key-hashes-expire"].Time(at).Run();
            s["key-hashes-shorten"].Time(previousUntil).Text(keyId).Run();
            s["key-hash-retire"].Time(previousUntil).Text(keyId).Run();
            return s["key-hash-write"].Blob(hash).Text(keyId).Run() == 1;
        });

    /// <inheritdoc/>
    public Task<IReadOnlyList<PreviousKeyHash>> PreviousKeyHashesAsync(CancellationToken cancel) => GrainReaders.RunAsync<IReadOnlyList<PreviousKeyHash>>(
        "list the previous hashes of keys", s => s["key-hashes-list"].All(row => new PreviousKeyHash(row.Blob(0), row.Text(1), row.Time(2))), cancel);
}
