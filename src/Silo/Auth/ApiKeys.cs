using System.Collections.Frozen;
using ExecutionGrains.Grains;
using ExecutionGrains.Silo.Hosting;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Auth;

/// <summary>The keys that may be used, in memory; read again on every change and every few seconds (another silo may change them).</summary>
public sealed class ApiKeys(IOperationsStore store, [FromKeyedServices(TrackerClock.Key)] TimeProvider time)
{
    private volatile Index index = new(FrozenDictionary<string, ApiKey>.Empty, FrozenDictionary<string, ApiKey>.Empty);

    /// <summary>Null for a key that is unknown, revoked or expired.</summary>
    public ApiKey? Find(string key) => Valid(index.ByHash.GetValueOrDefault(Convert.ToHexString(ApiKey.Hash(key))));

    /// <inheritdoc cref="Find"/>
    public ApiKey? ById(string keyId) => Valid(index.ById.GetValueOrDefault(keyId));

    /// <exception cref="StoreException">The store is away; what was read last stays.</exception>
    public async Task RefreshAsync(CancellationToken cancel)
    {
        var rows = await store.KeysAsync(cancel).ConfigureAwait(false);
        var usable = rows.Where(r => r.RevokedAt is null).Select(r => (Hash: Convert.ToHexString(r.Hash), Key: ApiKey.Of(r))).ToArray();
        index = new Index(
            usable.DistinctBy(k => k.Hash).ToFrozenDictionary(k => k.Hash, k => k.Key),
            usable.ToFrozenDictionary(k => k.Key.KeyId, k => k.Key));
    }

    private ApiKey? Valid(ApiKey? key) => key?.ExpiresAt <= time.GetUtcNow() ? null : key;

    private sealed record Index(FrozenDictionary<string, ApiKey> ByHash, FrozenDictionary<string, ApiKey> ById);
}
