using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Sqlite.Statements;
using ExecutionGrains.Storage.Statements;

namespace ExecutionGrains.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, byte[]>> SecretsAsync(CancellationToken cancel) => GrainReaders.RunAsync<IReadOnlyDictionary<string, byte[]>>(
        "read the secrets",
        s => s["ListSecrets"].All(row => (Name: row.Text(0), Value: row.Blob(1))).ToDictionary(row => row.Name, row => row.Value, StringComparer.Ordinal),
        cancel);

    /// <inheritdoc/>
    public Task<bool> WriteSecretAsync(string name, byte[]? expected, byte[] value, CancellationToken cancel) => Writer.RunAsync(
        "write a secret",
        s => (expected is null ? s["CreateSecret"].Text("name", name).Blob("value", value) : s["ReplaceSecret"].Blob("value", value).Text("name", name)
            .Blob("expected", expected)).Run() == 1);

    /// <inheritdoc/>
    public Task<bool> ReplaceSecretsAsync(IReadOnlyList<SecretChange> changes, AuditRow audit, CancellationToken cancel) =>
        AuditedAsync("replace secrets", audit, s =>
        {
            var stored = s["ListSecrets"].All(row => (Name: row.Text(0), Value: row.Blob(1)))
                .ToDictionary(row => row.Name, row => row.Value, StringComparer.Ordinal);
            return changes.All(c => stored.TryGetValue(c.Name, out var value) && value.AsSpan().SequenceEqual(c.Expected))
                && changes.All(c => s["ReplaceSecret"].Blob("value", c.Value).Text("name", c.Name).Blob("expected", c.Expected).Run() == 1);
        });

    /// <inheritdoc/>
    public Task DeleteSecretsAsync(AuditRow? audit, CancellationToken cancel) =>
        AuditedAsync("delete the secrets", audit, s =>
        {
            // What they signed is void: the audit's chain begins anew.
            s["UnsealAudit"].Run();
            s["DeleteCheckpoints"].Run();
            return s["DeleteSecrets"].Run() > 0;
        });

    /// <inheritdoc/>
    public Task<byte[]?> FindSettingAsync(string name, CancellationToken cancel) =>
        GrainReaders.RunAsync("read a setting", s => s["ReadSetting"].Text("name", name).One(row => row.Blob(0)), cancel);

    /// <inheritdoc/>
    public Task EraseSettingsAsync(IReadOnlyList<string> names, CancellationToken cancel) => Writer.RunAsync("erase a setting", session =>
    {
        session.Execute("pragma secure_delete = on;");
        try
        {
            session.InTransaction(s => names.Sum(name => s["DeleteSetting"].Text("name", name).Run()));
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
            Key(s["InstallKey"], key).Run();
            s["ReplaceKeys"].Time("at", at).Text("key_id", key.KeyId).Text("prefix", idPrefix).Run();
            return true;
        });

    /// <inheritdoc/>
    public Task<bool> RotateKeyAsync(string keyId, byte[] hash, DateTimeOffset previousUntil, DateTimeOffset at, AuditRow? audit, CancellationToken cancel) =>
        AuditedAsync("rotate a key", audit, s =>
        {
            s["ExpirePreviousKeyHashes"].Time("now", at).Run();
            s["ShortenPreviousKeyHashes"].Time("until", previousUntil).Text("key_id", keyId).Run();
            s["RetireKeyHash"].Time("until", previousUntil).Text("key_id", keyId).Run();
            return s["WriteKeyHash"].Blob("hash", hash).Text("key_id", keyId).Run() == 1;
        });

    /// <inheritdoc/>
    public Task<IReadOnlyList<PreviousKeyHash>> PreviousKeyHashesAsync(CancellationToken cancel) => GrainReaders.RunAsync<IReadOnlyList<PreviousKeyHash>>(
        "list the previous hashes of keys", s => s["ListPreviousKeyHashes"].All(Rows.PreviousKeyHash), cancel);

    /// <summary>Binds the columns that a new key has.</summary>
    private static Statement Key(Statement statement, ApiKeyRow key) => statement
        .Text("key_id", key.KeyId).Text("name", key.Name).Text("role", key.Role).Text("namespaces", StateJson.Texts(key.Namespaces)).Blob("hash", key.Hash)
        .Text("claims", key.Claims).Time("created_at", key.CreatedAt).Time("expires_at", key.ExpiresAt);
}
