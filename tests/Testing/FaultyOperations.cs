using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Pages;

namespace ExecutionGrains.Testing;

/// <summary>Wraps a real store of the silo's own data and can make its calls fail.</summary>
public sealed class FaultyOperations(IOperationsStore inner) : IOperationsStore
{
    /// <summary>Thrown once by the next read of the keys; null: it succeeds.</summary>
    public Exception? KeysFailure { get; set; }

    /// <summary>Whether every read of the keys fails as if the store is unavailable.</summary>
    public bool AreKeysAway { get; set; }

    /// <summary>Which call fails. Default none.</summary>
    public Mishaps Mishaps { get; init; } = new();

    public Task MigrateAsync(CancellationToken cancel) => inner.MigrateAsync(cancel);

    public Task<byte[]> SettingAsync(string name, Func<byte[]> initial, CancellationToken cancel) =>
        Mishaps.Call($"read {name}", writes: false, () => inner.SettingAsync(name, initial, cancel));

    public Task WriteSettingAsync(string name, byte[] value, CancellationToken cancel) =>
        Mishaps.Call($"write {name}", writes: true, () => Done(inner.WriteSettingAsync(name, value, cancel)));

    public Task WriteSettingsAsync(IReadOnlyList<(string Name, byte[] Value)> settings, AuditRow audit, CancellationToken cancel) =>
        Mishaps.Call($"write {settings[0].Name}", writes: true, () => Done(inner.WriteSettingsAsync(settings, audit, cancel)));

    public Task MarkRestoredAsync(CancellationToken cancel) => inner.MarkRestoredAsync(cancel);

    public Task<IReadOnlyList<ApiKeyRow>> KeysAsync(CancellationToken cancel)
    {
        if (KeysFailure is { } failure)
        {
            KeysFailure = null;
            throw failure;
        }

        return AreKeysAway ? throw new StoreException("list the keys", "it is away.", transient: true) : inner.KeysAsync(cancel);
    }

    public Task AddKeyAsync(ApiKeyRow key, AuditRow? audit, CancellationToken cancel) => inner.AddKeyAsync(key, audit, cancel);

    public Task<bool> RevokeKeyAsync(string keyId, DateTimeOffset at, AuditRow? audit, CancellationToken cancel) =>
        inner.RevokeKeyAsync(keyId, at, audit, cancel);

    public Task AppendAuditAsync(AuditRow row, CancellationToken cancel) =>
        Mishaps.Call("audit", writes: true, () => Done(inner.AppendAuditAsync(row, cancel)));

    public Task<Page<AuditRow>> AuditAsync(AuditFilter filter, int limit, string? cursor, CancellationToken cancel) =>
        inner.AuditAsync(filter, limit, cursor, cancel);

    public Task<SignOfLife> AliveAsync(string siloId, DateTimeOffset now, TimeSpan outageAfter, CancellationToken cancel) =>
        Mishaps.Call("alive", writes: true, () => inner.AliveAsync(siloId, now, outageAfter, cancel));

    public Task GoneAsync(string siloId, DateTimeOffset alive, DateTimeOffset now, CancellationToken cancel) =>
        Mishaps.Call("gone", writes: true, () => Done(inner.GoneAsync(siloId, alive, now, cancel)));

    public Task LeaveAsync(string siloId, DateTimeOffset now, CancellationToken cancel) =>
        Mishaps.Call("leave", writes: true, () => Done(inner.LeaveAsync(siloId, now, cancel)));

    public Task<IReadOnlyDictionary<string, DateTimeOffset>> SignsOfLifeAsync(CancellationToken cancel) => inner.SignsOfLifeAsync(cancel);

    public Task<IReadOnlyList<Outage>> OutagesAsync(int limit, CancellationToken cancel) =>
        Mishaps.Call("outages", writes: false, () => inner.OutagesAsync(limit, cancel));

    public Task PruneAsync(DateTimeOffset now, CancellationToken cancel) => inner.PruneAsync(now, cancel);

    public Task FinishDeletionsAsync(CancellationToken cancel) => inner.FinishDeletionsAsync(cancel);

    public Task PingAsync(CancellationToken cancel) => inner.PingAsync(cancel);

    public Task<StoreDescription> DescribeAsync(CancellationToken cancel) => Mishaps.Call("describe", writes: false, () => inner.DescribeAsync(cancel));

    private static async Task<bool> Done(Task work)
    {
        await work;
        return true;
    }
}
