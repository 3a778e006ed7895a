using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Statements;

namespace ExecutionGrains.Storage.Postgres;

public sealed partial class PostgresStore
{
    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, byte[]>> SecretsAsync(CancellationToken cancel) =>
        (await AllAsync("read the secrets", "ListSecrets", row => (Name: row.Text(0), Value: row.Blob(1)), cancel).ConfigureAwait(false))
            .ToDictionary(row => row.Name, row => row.Value, StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task<bool> WriteSecretAsync(string name, byte[]? expected, byte[] value, CancellationToken cancel) => expected is null
        ? DidAsync("write a secret", "CreateSecret", cancel, ("name", name), ("value", value))
        : DidAsync("write a secret", "ReplaceSecret", cancel, ("name", name), ("value", value), ("expected", expected));

    /// <inheritdoc/>
    public Task<bool> ReplaceSecretsAsync(IReadOnlyList<SecretChange> changes, AuditRow audit, CancellationToken cancel) => AuditedAsync(
        "replace secrets",
        audit,
        async connection =>
        {
            // Ordered by name, so that two silos cannot deadlock.
            foreach (var change in changes.OrderBy(c => c.Name, StringComparer.Ordinal))
            {
                var replaced = await connection.AllAsync(
                    SqlText.Query("ReplaceSecret"),
                    _ => true,
                    cancel,
                    ("name", change.Name),
                    ("value", change.Value),
                    ("expected", change.Expected)).ConfigureAwait(false);
                if (replaced.Count == 0)
                {
                    return false;
                }
            }

            return true;
        },
        cancel);

    /// <inheritdoc/>
    public Task DeleteSecretsAsync(AuditRow? audit, CancellationToken cancel) =>
        AuditedAsync("delete the secrets", "DeleteSecrets", audit, cancel);

    /// <inheritdoc/>
    public Task<byte[]?> FindSettingAsync(string name, CancellationToken cancel) =>
        OneAsync("read a setting", "ReadSetting", row => row.Blob(0), cancel, ("name", name));

    /// <inheritdoc/>
    public async Task EraseSettingsAsync(IReadOnlyList<string> names, CancellationToken cancel)
    {
        await ChangeAsync("erase a setting", "DeleteSettings", cancel, ("names", names.ToArray())).ConfigureAwait(false);
        await ChangeAsync("rewrite the settings", "RewriteSettings", cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task InstallKeyAsync(ApiKeyRow key, string idPrefix, DateTimeOffset at, AuditRow? audit, CancellationToken cancel) => AuditedAsync(
        "install a key",
        "InstallKey",
        audit,
        cancel,
        [.. Values(key), ("at", UnixMicroseconds.From(at)), ("prefix", idPrefix)]);

    /// <inheritdoc/>
    public Task<bool> RotateKeyAsync(string keyId, byte[] hash, DateTimeOffset previousUntil, DateTimeOffset at, AuditRow? audit, CancellationToken cancel) =>
        AuditedAsync(
            "rotate a key",
            "RotateKey",
            audit,
            cancel,
            ("key_id", keyId),
            ("hash", hash),
            ("until", UnixMicroseconds.From(previousUntil)),
            ("at", UnixMicroseconds.From(at)));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PreviousKeyHash>> PreviousKeyHashesAsync(CancellationToken cancel) => await AllAsync(
        "list the previous hashes of keys", "ListPreviousKeyHashes", Rows.PreviousKeyHash, cancel).ConfigureAwait(false);

    /// <returns>Whether anything changed. Such statements return a row if they changed anything.</returns>
    private async Task<bool> DidAsync(string operation, string query, CancellationToken cancel, params (string Name, object? Value)[] values) =>
        (await AllAsync(operation, query, _ => true, cancel, values).ConfigureAwait(false)).Count > 0;

    /// <summary>The columns that a new key has.</summary>
    private static (string Name, object? Value)[] Values(ApiKeyRow key) =>
    [
        ("key_id", key.KeyId), ("name", key.Name), ("role", key.Role), ("namespaces", StateJson.Texts(key.Namespaces)), ("hash", key.Hash),
        ("claims", key.Claims), ("created_at", UnixMicroseconds.From(key.CreatedAt)), ("expires_at", UnixMicroseconds.From(key.ExpiresAt)),
    ];
}
