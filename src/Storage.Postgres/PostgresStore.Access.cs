using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Storage.Postgres;

public sealed partial class PostgresStore
{
    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, byte[]>> SecretsAsync(CancellationToken cancel) =>
        (await AllAsync("read the secrets", "secrets-list", row => (Name: row.Text(0), Value: row.Blob(1)), cancel).ConfigureAwait(false))
            .ToDictionary(row => row.Name, row => row.Value, StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task<bool> WriteSecretAsync(string name, byte[]? expected, byte[] value, CancellationToken cancel) => expected is null
        ? DidAsync("write a secret", "secret-create", cancel, name, value)
        : DidAsync("write a secret", "secret-replace", cancel, name, value, expected);

    /// <inheritdoc/>
    public Task<bool> ReplaceSecretsAsync(IReadOnlyList<SecretChange> changes, AuditRow audit, CancellationToken cancel) => AuditedAsync(
        "replace secrets",
        audit,
        async connection =>
        {
            // Ordered by name, so that two silos cannot deadlock.
            foreach (var change in changes.OrderBy(c => c.Name, StringComparer.Ordinal))
            {
                var replaced = await AllAsync(
                    connection, SqlText.Query("secret-replace"), _ => true, cancel, change.Name, change.Value, change.Expected).ConfigureAwait(false);
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
        AuditedAsync("delete the secrets", "secrets-delete", audit, cancel);

    /// <inheritdoc/>
    public Task<byte[]?> FindSettingAsync(string name, CancellationToken cancel) =>
        OneAsync("read a setting", "setting-read", row => row.Blob(0), cancel, name);

    /// <inheritdoc/>
    public async Task EraseSettingsAsync(IReadOnlyList<string> names, CancellationToken cancel)
    {
        await ChangeAsync("erase a setting", "settings-delete", cancel, [names.ToArray()]).ConfigureAwait(false);
        await ChangeAsync("rewrite the settings", "settings-rewrite", cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task InstallKeyAsync(ApiKeyRow key, string idPrefix, DateTimeOffset at, AuditRow? audit, CancellationToken cancel) => AuditedAsync(
        "install a key",
        "key-install",
        audit,
        cancel,
        key.KeyId,
        key.Name,
        key.Role,
        StateJson.Texts(key.Namespaces),
        key.Hash,
        key.Claims,
        UnixMicroseconds.From(key.CreatedAt),
        UnixMicroseconds.From(key.ExpiresAt),
        UnixMicroseconds.From(at),
        idPrefix);

    /// <inheritdoc/>
    public Task<bool> RotateKeyAsync(string keyId, byte[] hash, DateTimeOffset previousUntil, DateTimeOffset at, AuditRow? audit, CancellationToken cancel) =>
        AuditedAsync("rotate a key", "key-rotate", audit, cancel, keyId, hash, UnixMicroseconds.From(previousUntil), UnixMicroseconds.From(at));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PreviousKeyHash>> PreviousKeyHashesAsync(CancellationToken cancel) => await AllAsync(
        "list the previous hashes of keys", "key-hashes-list", row => new PreviousKeyHash(row.Blob(0), row.Text(1), row.Time(2)), cancel).ConfigureAwait(false);

    /// <returns>Whether anything changed. Such statements return a row if they changed anything.</returns>
    private async Task<bool> DidAsync(string operation, string query, CancellationToken cancel, params object?[] values) =>
        (await AllAsync(operation, query, _ => true, cancel, values).ConfigureAwait(false)).Count > 0;
}
