using ExecutionGrains.Rules;
using ExecutionGrains.Simulation;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Stats;

namespace ExecutionGrains.Grains.Tests;

/// <summary>
/// Gives the simulation's store the ports of the real stores. <see cref="Testing.FaultyStore"/> and <see cref="Testing.FaultyOperations"/> make its calls fail.
/// </summary>
internal sealed class InMemory(bool isShared = false) : IExecutionStore, IOperationsStore, IExecutionReads
{
    public MemoryStore Memory { get; } = new(isShared, (_, _, _) => { });

    /// <summary>The ids of each revision query so far.</summary>
    public List<IReadOnlyCollection<ExecutionId>> RevisionQueries { get; } = [];

    public bool IsShared => isShared;

    public Task<IReadOnlyList<AppendOutcome>> CommitAsync(IReadOnlyList<Append> appends, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<AppendOutcome>>([.. appends.Select(Memory.Commit)]);

    public Task<bool> DeleteAsync(Deletion deletion, CancellationToken cancel) => Task.FromResult(Memory.Delete(deletion));

    public Task<ExecutionState?> LoadAsync(ExecutionId id, CancellationToken cancel) => Task.FromResult(Memory.Load(id));

    public Task<IReadOnlyDictionary<ExecutionId, long>> RevisionsAsync(IReadOnlyCollection<ExecutionId> ids, CancellationToken cancel)
    {
        RevisionQueries.Add([.. ids]);
        return Task.FromResult(Memory.Revisions(ids));
    }

    public Task<bool> WasCommittedAsync(ExecutionState state, long sequence, long commitId, CancellationToken cancel) =>
        Task.FromResult(Memory.WasCommitted(state.Id, sequence, commitId));

    public Task<IReadOnlyList<DueExecution>> DueAsync(int bucket, DateTimeOffset now, DueExecution? after, int limit, CancellationToken cancel) =>
        Task.FromResult(Memory.Due(bucket, now, after, limit));

    public Task<(long Live, long Due)> CountDueAsync(DateTimeOffset now, CancellationToken cancel) => Task.FromResult(Memory.CountDue(now));

    public Task<Page<ListedExecution>> ListAsync(ExecutionFilter filter, int limit, string? cursor, CancellationToken cancel) =>
        Task.FromResult(Memory.List(filter, limit, cursor));

    public Task MigrateAsync(CancellationToken cancel) => Task.CompletedTask;

    public Task<byte[]> SettingAsync(string name, Func<byte[]> initial, CancellationToken cancel) => Task.FromResult(Memory.Setting(name, initial));

    public Task WriteSettingAsync(string name, byte[] value, CancellationToken cancel) => Task.FromResult(Memory.WriteSetting(name, value));

    public Task WriteSettingsAsync(IReadOnlyList<(string Name, byte[] Value)> settings, AuditRow audit, CancellationToken cancel) =>
        Task.FromResult(Memory.WriteSettings(settings, audit));

    public Task MarkRestoredAsync(CancellationToken cancel) => Task.FromResult(Memory.MarkRestored());

    public Task AppendAuditAsync(AuditRow row, CancellationToken cancel) => Task.FromResult(Memory.AppendAudit(row));

    public Task<SignOfLife> AliveAsync(string siloId, DateTimeOffset now, TimeSpan outageAfter, CancellationToken cancel) =>
        Task.FromResult(Memory.Alive(siloId, now, outageAfter));

    public Task GoneAsync(string siloId, DateTimeOffset alive, DateTimeOffset now, CancellationToken cancel) =>
        Task.FromResult(Memory.Gone(siloId, alive, now));

    public Task LeaveAsync(string siloId, DateTimeOffset now, CancellationToken cancel) => Task.FromResult(Memory.Leave(siloId, now));

    public Task<IReadOnlyList<Outage>> OutagesAsync(int limit, CancellationToken cancel) => Task.FromResult(Memory.NewestOutages(limit));

    public Task PruneAsync(DateTimeOffset now, CancellationToken cancel) => throw new NotSupportedException();

    public Task FinishDeletionsAsync(CancellationToken cancel) => throw new NotSupportedException();

    public Task PingAsync(CancellationToken cancel) => Task.CompletedTask;

    // Members that no grain uses.
    public Task<IReadOnlyDictionary<string, DateTimeOffset>> SignsOfLifeAsync(CancellationToken cancel) => throw new NotSupportedException();

    public Task<IReadOnlyList<ApiKeyRow>> KeysAsync(CancellationToken cancel) => throw new NotSupportedException();

    public Task AddKeyAsync(ApiKeyRow key, AuditRow? audit, CancellationToken cancel) => throw new NotSupportedException();

    public Task<bool> RevokeKeyAsync(string keyId, DateTimeOffset at, AuditRow? audit, CancellationToken cancel) =>
        throw new NotSupportedException();

    public Task<Page<AuditRow>> AuditAsync(AuditFilter filter, int limit, string? cursor, CancellationToken cancel) =>
        throw new NotSupportedException();

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
}
