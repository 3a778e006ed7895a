using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Pages;

namespace ExecutionGrains.Simulation;

/// <summary>A silo's link to the simulation's store without faults: each call runs the simulated time until it is answered.</summary>
internal sealed class CalmLink : IExecutionStore, IOperationsStore
{
    private readonly SimulatedTime _time;
    private readonly StoreLink _link;

    public CalmLink(MemoryStore store)
    {
        var random = new Random(0);
        _time = new SimulatedTime(random);
        var trace = new Trace(_time, keep: false);
        _link = new StoreLink(store, _time, random, new Faults(_time, random, Setup.Of(random), trace) { IsOver = true }, trace, "silo");
    }

    public bool IsShared => _link.IsShared;

    public Task<IReadOnlyList<AppendOutcome>> CommitAsync(IReadOnlyList<Append> appends, CancellationToken cancel) =>
        Answered(() => _link.CommitAsync(appends, cancel));

    public Task<bool> DeleteAsync(Deletion deletion, CancellationToken cancel) => Answered(() => _link.DeleteAsync(deletion, cancel));

    public Task<ExecutionState?> LoadAsync(ExecutionId id, CancellationToken cancel) => Answered(() => _link.LoadAsync(id, cancel));

    public Task<IReadOnlyDictionary<ExecutionId, long>> RevisionsAsync(IReadOnlyCollection<ExecutionId> ids, CancellationToken cancel) =>
        Answered(() => _link.RevisionsAsync(ids, cancel));

    public Task<bool> WasCommittedAsync(ExecutionState state, long sequence, long commitId, CancellationToken cancel) =>
        Answered(() => _link.WasCommittedAsync(state, sequence, commitId, cancel));

    public Task<IReadOnlyList<DueExecution>> DueAsync(int bucket, DateTimeOffset now, DueExecution? after, int limit, CancellationToken cancel) =>
        Answered(() => _link.DueAsync(bucket, now, after, limit, cancel));

    public Task<(long Live, long Due)> CountDueAsync(DateTimeOffset now, CancellationToken cancel) => Answered(() => _link.CountDueAsync(now, cancel));

    public Task MigrateAsync(CancellationToken cancel) => _link.MigrateAsync(cancel);

    public Task<byte[]> SettingAsync(string name, Func<byte[]> initial, CancellationToken cancel) => Answered(() => _link.SettingAsync(name, initial, cancel));

    public Task WriteSettingAsync(string name, byte[] value, CancellationToken cancel) => Done(() => _link.WriteSettingAsync(name, value, cancel));

    public Task WriteSettingsAsync(IReadOnlyList<(string Name, byte[] Value)> settings, AuditRow audit, CancellationToken cancel) =>
        Done(() => _link.WriteSettingsAsync(settings, audit, cancel));

    public Task MarkRestoredAsync(CancellationToken cancel) => Done(() => _link.MarkRestoredAsync(cancel));

    public Task<SignOfLife> AliveAsync(string siloId, DateTimeOffset now, TimeSpan outageAfter, CancellationToken cancel) =>
        Answered(() => _link.AliveAsync(siloId, now, outageAfter, cancel));

    public Task GoneAsync(string siloId, DateTimeOffset alive, DateTimeOffset now, CancellationToken cancel) =>
        Done(() => _link.GoneAsync(siloId, alive, now, cancel));

    public Task LeaveAsync(string siloId, DateTimeOffset now, CancellationToken cancel) => Done(() => _link.LeaveAsync(siloId, now, cancel));

    public Task<IReadOnlyList<Outage>> OutagesAsync(int limit, CancellationToken cancel) => Answered(() => _link.OutagesAsync(limit, cancel));

    public Task<IReadOnlyDictionary<string, DateTimeOffset>> SignsOfLifeAsync(CancellationToken cancel) => _link.SignsOfLifeAsync(cancel);

    public Task PruneAsync(DateTimeOffset now, CancellationToken cancel) => _link.PruneAsync(now, cancel);

    public Task FinishDeletionsAsync(CancellationToken cancel) => _link.FinishDeletionsAsync(cancel);

    public Task PingAsync(CancellationToken cancel) => _link.PingAsync(cancel);

    public Task<StoreDescription> DescribeAsync(CancellationToken cancel) => _link.DescribeAsync(cancel);

    public Task<IReadOnlyList<ApiKeyRow>> KeysAsync(CancellationToken cancel) => _link.KeysAsync(cancel);

    public Task AddKeyAsync(ApiKeyRow key, AuditRow? audit, CancellationToken cancel) => _link.AddKeyAsync(key, audit, cancel);

    public Task<bool> RevokeKeyAsync(string keyId, DateTimeOffset at, AuditRow? audit, CancellationToken cancel) =>
        _link.RevokeKeyAsync(keyId, at, audit, cancel);

    public Task AppendAuditAsync(AuditRow row, CancellationToken cancel) => _link.AppendAuditAsync(row, cancel);

    public Task<Page<AuditRow>> AuditAsync(AuditFilter filter, int limit, string? cursor, CancellationToken cancel) =>
        _link.AuditAsync(filter, limit, cursor, cancel);

    private Task<T> Answered<T>(Func<Task<T>> call)
    {
        T answer = default!;
        _time.Run(async () => answer = await call());
        return Task.FromResult(answer);
    }

    private Task Done(Func<Task> call) => Answered(async () =>
    {
        await call();
        return true;
    });
}
