using System.Collections.Frozen;
using ExecutionGrains.Grains;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Access;

namespace ExecutionGrains.Hosting.Auth.Keys;

/// <summary>
/// Cache of the valid API keys. <see cref="KeyRefresh"/> reloads it when another silo announces a change, and every few seconds in case an
/// announcement was lost.
/// </summary>
public sealed class ApiKeyCache(
    IOperationsStore store,
    IAccessStore access,
    CredentialCacheAge freshness,
    [FromKeyedServices(TrackerClock.Key)] TimeProvider time)
{
    /// <summary>Allows one refresh at a time, so that the result of an older read cannot replace that of a newer one.</summary>
    private readonly SemaphoreSlim _refreshing = new(1, 1);

    private volatile Index _index = new(
        FrozenDictionary<string, (string, DateTimeOffset?)>.Empty, FrozenDictionary<string, ApiKey>.Empty, FrozenDictionary<string, ApiKey>.Empty);

    /// <summary>Finds a key by its text. Null if it is mistyped, unknown, revoked or expired.</summary>
    /// <exception cref="StoreException">Transient: the cache is older than <see cref="CredentialCacheAge.Max"/>. Not thrown for a mistyped key.</exception>
    public ApiKey? Find(string key)
    {
        var isKnown = _index.ByHash.TryGetValue(Convert.ToHexString(ApiKey.Hash(key)), out var found);
        if (!isKnown && ApiKey.IsMistyped(key))
        {
            return null;
        }

        freshness.Check(CredentialCacheAge.Max);
        return isKnown && !(found.Until <= time.GetUtcNow()) ? Valid(_index.ById, found.KeyId) : null;
    }

    /// <summary>Finds a key by its id. Null if the key, or a key above it in its chain of creators, is unknown, revoked, replaced or expired.</summary>
    /// <exception cref="StoreException">Transient: the cache is older than <see cref="CredentialCacheAge.Max"/>.</exception>
    public ApiKey? ById(string keyId)
    {
        freshness.Check(CredentialCacheAge.Max);
        return Valid(_index.ById, keyId);
    }

    /// <summary>
    /// Finds the key that obtained a run token. Like <see cref="ById"/>, but a bootstrap key that was replaced by another bootstrap key is still found while
    /// that one is valid: its run tokens must survive a change of the setting.
    /// </summary>
    /// <exception cref="StoreException">Transient: the cache is older than <see cref="CredentialCacheAge.Max"/>.</exception>
    public ApiKey? CauseOf(string keyId)
    {
        freshness.Check(CredentialCacheAge.Max);
        return Valid(_index.Causes, keyId);
    }

    /// <summary>Reloads the cache from the store.</summary>
    /// <exception cref="StoreException">The store is unavailable; the cache keeps its content.</exception>
    public async Task RefreshAsync(CancellationToken cancel)
    {
        await _refreshing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await ReadAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    private async Task ReadAsync(CancellationToken cancel)
    {
        var rows = (await store.KeysAsync(cancel).ConfigureAwait(false)).ToDictionary(r => r.KeyId, StringComparer.Ordinal);
        var previous = await access.PreviousKeyHashesAsync(cancel).ConfigureAwait(false);
        var hashes = rows.Values.Select(r => (Hash: Convert.ToHexString(r.Hash), r.KeyId, Until: (DateTimeOffset?)null))
            .Concat(previous.Select(p => (Hash: Convert.ToHexString(p.Hash), p.KeyId, Until: (DateTimeOffset?)p.ExpiresAt)));
        var causes = Living(rows);
        _index = new Index(
            hashes.DistinctBy(h => h.Hash).ToFrozenDictionary(h => h.Hash, h => (h.KeyId, h.Until), StringComparer.Ordinal),
            causes.Where(k => rows[k.KeyId].ReplacedBy is null).ToFrozenDictionary(k => k.KeyId, StringComparer.Ordinal),
            causes.ToFrozenDictionary(k => k.KeyId, StringComparer.Ordinal));
    }

    private ApiKey? Valid(FrozenDictionary<string, ApiKey> keys, string keyId) =>
        keys.TryGetValue(keyId, out var key) && !(key.ExpiresAt <= time.GetUtcNow()) ? key : null;

    private static List<ApiKey> Living(Dictionary<string, ApiKeyRow> rows)
    {
        var living = new List<ApiKey>();
        foreach (var row in rows.Values)
        {
            if (IsLiving(rows, row, out var expiresAt))
            {
                living.Add(ApiKey.Of(row) with { ExpiresAt = expiresAt });
            }
        }

        return living;
    }

    /// <summary>
    /// Whether the key and all keys above it, its creator, that key's creator and so on, are not revoked. For a replaced key, its replacement is checked
    /// instead. False for a chain that has a cycle or leads to an unknown key.
    /// </summary>
    /// <param name="expiresAt">The earliest expiry in the chain; null: none of its keys expires.</param>
    private static bool IsLiving(Dictionary<string, ApiKeyRow> rows, ApiKeyRow row, out DateTimeOffset? expiresAt)
    {
        expiresAt = null;
        var seen = 0;
        for (ApiKeyRow? at = row; at is not null; at = rows.GetValueOrDefault(at.ReplacedBy ?? at.ParentId!))
        {
            if (++seen > rows.Count)
            {
                return false;
            }

            if (at.ReplacedBy is not null)
            {
                continue;
            }

            if (at.RevokedAt is not null)
            {
                return false;
            }

            expiresAt = at.ExpiresAt is { } end && !(expiresAt < end) ? end : expiresAt;
            if (at.ParentId is null)
            {
                return true;
            }
        }

        return false;
    }

    private sealed record Index(
        FrozenDictionary<string, (string KeyId, DateTimeOffset? Until)> ByHash,
        FrozenDictionary<string, ApiKey> ById,
        FrozenDictionary<string, ApiKey> Causes);
}
