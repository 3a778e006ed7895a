using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Bench;

/// <summary>Counts appends and the transactions that contain them.</summary>
internal sealed class CountingStore(IExecutionStore store) : IExecutionStore
{
    private long _appends;
    private long _transactions;

    public bool IsShared => store.IsShared;

    public long Appends => Interlocked.Read(ref _appends);

    public long Transactions => Interlocked.Read(ref _transactions);

    public Task<IReadOnlyList<AppendOutcome>> CommitAsync(IReadOnlyList<Append> appends, CancellationToken cancel)
    {
        Interlocked.Add(ref _appends, appends.Count);
        Interlocked.Increment(ref _transactions);
        return store.CommitAsync(appends, cancel);
    }

    public Task<bool> DeleteAsync(Deletion deletion, CancellationToken cancel) => store.DeleteAsync(deletion, cancel);

    public Task<ExecutionState?> LoadAsync(ExecutionId id, CancellationToken cancel) => store.LoadAsync(id, cancel);

    public Task<IReadOnlyDictionary<ExecutionId, long>> RevisionsAsync(IReadOnlyCollection<ExecutionId> ids, CancellationToken cancel) =>
        store.RevisionsAsync(ids, cancel);

    public Task<bool> WasCommittedAsync(ExecutionState state, long sequence, long commitId, CancellationToken cancel) =>
        store.WasCommittedAsync(state, sequence, commitId, cancel);

    public Task<IReadOnlyList<DueExecution>> DueAsync(int bucket, DateTimeOffset now, DueExecution? after, int limit, CancellationToken cancel) =>
        store.DueAsync(bucket, now, after, limit, cancel);

    public Task<(long Live, long Due)> CountDueAsync(DateTimeOffset now, CancellationToken cancel) => store.CountDueAsync(now, cancel);
}
