using ExecutionGrains.Grains;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Stats;

namespace ExecutionGrains.Simulation;

/// <summary>
/// One silo's link to the store. Its calls take time, fail before or after execution, never answer, write late, or find conflicts. A killed silo's calls never
/// return.
/// </summary>
internal sealed class StoreLink(MemoryStore store, SimulatedTime time, Random random, Faults faults, Trace trace, string silo)
    : IExecutionStore, IExecutionReads, IOperationsStore
{
    private static readonly Task Never = new TaskCompletionSource().Task;

    public bool IsShared => store.IsShared;

    /// <summary>The silo is killed: requests that it sent may still arrive, but no answer returns.</summary>
    public bool IsCut { get; set; }

    public async Task<IReadOnlyList<AppendOutcome>> CommitAsync(IReadOnlyList<Append> appends, CancellationToken cancel)
    {
        var outcomes = new AppendOutcome?[appends.Count];
        for (var i = 0; i < outcomes.Length; i++)
        {
            if (faults.Occurs(FaultKind.StoreConflicted, silo))
            {
                outcomes[i] = AppendOutcome.VersionMismatch.Instance;
            }
            else if (appends[i].Effects.Any(e => e is Effect.FinalPayload) && faults.Occurs(FaultKind.StoreRefused, silo))
            {
                outcomes[i] = new AppendOutcome.Refused("the payload is not to the store's taste");
            }
        }

        return await Call(
            $"commit {string.Join(' ', appends.Select(a => a.State.Id))}",
            () => appends.Select((append, i) => outcomes[i] ?? store.Commit(append)).ToArray(),
            writes: true);
    }

    public Task<bool> DeleteAsync(Deletion deletion, CancellationToken cancel) =>
        Call($"delete {deletion.State.Id}", () => store.Delete(deletion), writes: true);

    public Task<ExecutionState?> LoadAsync(ExecutionId id, CancellationToken cancel) => Call($"load {id}", () => store.Load(id));

    public Task<IReadOnlyDictionary<ExecutionId, long>> RevisionsAsync(IReadOnlyCollection<ExecutionId> ids, CancellationToken cancel) =>
        Call($"revisions {string.Join(' ', ids)}", () => store.Revisions([.. ids]));

    public Task<bool> WasCommittedAsync(ExecutionState state, long sequence, long commitId, CancellationToken cancel) =>
        Call($"read back {state.Id}", () => store.WasCommitted(state.Id, sequence, commitId));

    public Task<IReadOnlyList<DueExecution>> DueAsync(int bucket, DateTimeOffset now, DueExecution? after, int limit, CancellationToken cancel) =>
        Call($"due {bucket}", () => store.Due(bucket, now, after, limit));

    public Task<(long Live, long Due)> CountDueAsync(DateTimeOffset now, CancellationToken cancel) => Call("count due", () => store.CountDue(now));

    public Task<byte[]> SettingAsync(string name, Func<byte[]> initial, CancellationToken cancel) => Call("setting", () => store.Setting(name, initial));

    public Task WriteSettingAsync(string name, byte[] value, CancellationToken cancel) =>
        Call("write setting", () => store.WriteSetting(name, value), writes: true);

    public Task WriteSettingsAsync(IReadOnlyList<(string Name, byte[] Value)> settings, AuditRow audit, CancellationToken cancel) =>
        Call("write settings", () => store.WriteSettings(settings, audit), writes: true);

    public Task MarkRestoredAsync(CancellationToken cancel) => Call("mark as restored", () => store.MarkRestored(), writes: true);

    public Task<SignOfLife> AliveAsync(string siloId, DateTimeOffset now, TimeSpan outageAfter, CancellationToken cancel) =>
        Call("alive", () => store.Alive(siloId, now, outageAfter), writes: true);

    public Task GoneAsync(string siloId, DateTimeOffset alive, DateTimeOffset now, CancellationToken cancel) =>
        Call("gone", () => store.Gone(siloId, alive, now), writes: true);

    public Task LeaveAsync(string siloId, DateTimeOffset now, CancellationToken cancel) => Call("leave", () => store.Leave(siloId, now), writes: true);

    public Task<IReadOnlyList<Outage>> OutagesAsync(int limit, CancellationToken cancel) => Call("outages", () => store.NewestOutages(limit));

    /// <summary>The record of a bucket's janitor and its version; version 0 if there is none.</summary>
    public Task<(JanitorRecord Record, int Version)> RecordAsync(int bucket) => Call($"read the record of {bucket}", () => store.Record(bucket));

    /// <returns>False if another write came first.</returns>
    public Task<bool> WriteRecordAsync(int bucket, JanitorRecord record, int version) =>
        Call($"write the record of {bucket}", () => store.WriteRecord(bucket, record, version), writes: true);

    public Task MigrateAsync(CancellationToken cancel) => Task.CompletedTask;

    public Task<IReadOnlyList<ApiKeyRow>> KeysAsync(CancellationToken cancel) => throw new NotSupportedException();

    public Task AddKeyAsync(ApiKeyRow key, AuditRow? audit, CancellationToken cancel) => throw new NotSupportedException();

    public Task<bool> RevokeKeyAsync(string keyId, DateTimeOffset at, AuditRow? audit, CancellationToken cancel) =>
        throw new NotSupportedException();

    public Task AppendAuditAsync(AuditRow row, CancellationToken cancel) => Call("write the audit", () => store.AppendAudit(row), writes: true);

    public Task<Page<ListedExecution>> ListAsync(ExecutionFilter filter, int limit, string? cursor, CancellationToken cancel) =>
        Call("list", () => store.List(filter, limit, cursor));

    public Task<Page<AuditRow>> AuditAsync(AuditFilter filter, int limit, string? cursor, CancellationToken cancel) => throw new NotSupportedException();

    public Task PruneAsync(DateTimeOffset now, CancellationToken cancel) => throw new NotSupportedException();

    public Task FinishDeletionsAsync(CancellationToken cancel) => throw new NotSupportedException();

    public Task PingAsync(CancellationToken cancel) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, DateTimeOffset>> SignsOfLifeAsync(CancellationToken cancel) => throw new NotSupportedException();

    public Task<StoreDescription> DescribeAsync(CancellationToken cancel) => throw new NotSupportedException();

    public Task<Page<StepRow>> StepsAsync(ExecutionState execution, StepFilter filter, int limit, string? cursor, CancellationToken cancel) =>
        throw new NotSupportedException();

    public Task<Page<Effect.Log>> LogsAsync(ExecutionState execution, LogFilter filter, int limit, string? cursor, CancellationToken cancel) =>
        throw new NotSupportedException();

    public Task<Page<Effect.History>> HistoryAsync(ExecutionState execution, bool newestFirst, int limit, string? cursor, CancellationToken cancel) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<Effect.Evidence>> EvidenceAsync(ExecutionState execution, CancellationToken cancel) => throw new NotSupportedException();

    public Task<IReadOnlyList<RejectionRow>> RejectionsAsync(ExecutionState execution, CancellationToken cancel) => throw new NotSupportedException();

    public Task<Effect.FinalPayload?> FinalPayloadAsync(ExecutionState execution, int epoch, CancellationToken cancel) => throw new NotSupportedException();

    public Task<IReadOnlyList<ListedExecution>> OldestRunningAsync(string? workflow, IReadOnlyList<string>? namespaces, int limit, CancellationToken cancel) =>
        throw new NotSupportedException();

    public Task<Figures> FiguresAsync(DateTimeOffset from, DateTimeOffset to, string? workflow, IReadOnlyList<string>? namespaces, CancellationToken cancel) =>
        throw new NotSupportedException();

    private async Task<T> Call<T>(string name, Func<T> work, bool writes = false)
    {
        trace.Write($"{silo} store: {name}");
        await Travel();
        if (faults.IsAway || faults.Occurs(FaultKind.StoreFailedBefore, $"{silo} {name}"))
        {
            throw Lost(name, uncertain: false);
        }

        if (faults.Occurs(FaultKind.StoreHung, $"{silo} {name}"))
        {
            await Hang(3, 45);
            throw Lost(name, uncertain: writes);
        }

        // The store of a single silo is in the silo's process, so a write cannot happen after its failure was reported.
        if (writes && store.IsShared && faults.Occurs(FaultKind.StoreWroteLate, $"{silo} {name}"))
        {
            // The connection is cut, so the caller does not know the outcome. The server writes after the caller has read back that it did not.
            _ = time.Spawn(async () =>
            {
                await time.Delay(TimeSpan.FromSeconds(random.NextDouble() * 5));
                work();
            });
            throw Lost(name, uncertain: true);
        }

        var result = work();
        if (writes)
        {
            await Travel();
        }

        return faults.Occurs(FaultKind.StoreFailedAfter, $"{silo} {name}") ? throw Lost(name, uncertain: writes) : result;
    }

    private async Task Travel()
    {
        await time.Delay(TimeSpan.FromMicroseconds(random.Next(10) == 0 ? random.Next(1, 100_000) : random.Next(100, 3_000)));
        if (IsCut)
        {
            await Never;
        }
    }

    private async Task Hang(int secondsMin, int secondsMax)
    {
        var @for = TimeSpan.FromSeconds(secondsMin + (random.NextDouble() * (secondsMax - secondsMin)));
        faults.Disturb(time.Elapsed + @for);
        await time.Delay(@for);
        if (IsCut)
        {
            await Never;
        }
    }

    private static StoreException Lost(string name, bool uncertain) =>
        new(name, uncertain ? "the answer got lost" : "it is away", transient: true) { Uncertain = uncertain };
}
