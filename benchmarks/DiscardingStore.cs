using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Bench;

/// <summary>A store that accepts every append and stores nothing, to measure the grains alone.</summary>
internal sealed class DiscardingStore : IExecutionStore
{
    public bool IsShared => false;

    public Task<IReadOnlyList<AppendOutcome>> CommitAsync(IReadOnlyList<Append> appends, CancellationToken cancel)
    {
        var outcomes = new AppendOutcome[appends.Count];
        Array.Fill(outcomes, AppendOutcome.Committed.Instance);
        return Task.FromResult<IReadOnlyList<AppendOutcome>>(outcomes);
    }

    public Task<bool> DeleteAsync(Deletion deletion, CancellationToken cancel) => Task.FromResult(true);

    public Task<ExecutionState?> LoadAsync(ExecutionId id, CancellationToken cancel) => Task.FromResult<ExecutionState?>(null);

    public Task<IReadOnlyDictionary<ExecutionId, long>> RevisionsAsync(IReadOnlyCollection<ExecutionId> ids, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyDictionary<ExecutionId, long>>(new Dictionary<ExecutionId, long>());

    public Task<bool> WasCommittedAsync(ExecutionState state, long sequence, long commitId, CancellationToken cancel) => Task.FromResult(true);

    public Task<IReadOnlyList<DueExecution>> DueAsync(int bucket, DateTimeOffset now, DueExecution? after, int limit, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<DueExecution>>([]);

    public Task<(long Live, long Due)> CountDueAsync(DateTimeOffset now, CancellationToken cancel) => Task.FromResult((0L, 0L));
}
