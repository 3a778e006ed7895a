using System.Collections.Frozen;
using ExecutionGrains.Grains;
using ExecutionGrains.Silo.Hosting;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Auth;

/// <summary>The keys that may be used, in memory; read again when a change is announced, and every few seconds.</summary>
public sealed class ApiKeys(
    IOperationsStore store,
    IAccessStore access,
    Freshness freshness,
    [FromKeyedServices(TrackerClock.Key)] TimeProvider time)
{
    /// <summary>One refresh at a time: an older reading must not replace a newer one.</summary>
    private readonly SemaphoreSlim _refreshing = new(1, 1);

    private volatile Index _index = new(
        FrozenDictionary<string, (string, DateTimeOffset?)>.Empty, FrozenDictionary<string, ApiKey>.Empty, FrozenDictionary<string, ApiKey>.Empty);

    /// <summary>Null for a key that is mistyped, unknown, revoked or expired.</summary>
    /// <exception cref="StoreException">Transient: the keys were read too long ago to tell.</exception>
    public ApiKey? Find(string key)
    {
        var isKnown = _index.ByHash.TryGetValue(Convert.ToHexString(ApiKey.Hash(key)), out var found);
        if (!isKnown && ApiKey.IsMistyped(key))
        {
            return null;
        }

        freshness.Check(Freshness.Max);
        return isKnown && !(found.Until <= time.GetUtcNow()) ? Valid(_index.ById, found.KeyId) : null;
    }

    /// <summary>A key that may be used now; null for one that is unknown, revoked, replaced or expired, or whose maker is.</summary>
    /// <exception cref="StoreException">Transient: the keys were read too long ago to tell.</exception>
    public ApiKey? ById(string keyId)
    {
        freshness.Check(Freshness.Max);
        return Valid(_index.ById, keyId);
    }

    /// <summary>
    /// As <see cref="ById"/>, for what a key caused: it lives on where the key was replaced by another bootstrap key, for as long as that one lives.
    /// </summary>
    /// <exception cref="StoreException">Transient: the keys were read too long ago to tell.</exception>
    public ApiKey? CauseOf(string keyId)
    {
        freshness.Check(Freshness.Max);
        return Valid(_index.Causes, keyId);
    }

    /// <exception cref="StoreException">The store is away; what was read last stays.</exception>
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

    /// <summary>A key ends with the first of those that made it; what a replaced key made, with the one that replaced it.</summary>
    /// <param name="expiresAt">When the first of them expires.</param>
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
