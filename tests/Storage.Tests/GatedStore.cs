using System.Threading.Channels;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Storage.Tests;

/// <summary>A store whose commits wait until the test decides their outcome.</summary>
internal sealed class GatedStore : IExecutionStore
{
    private readonly Channel<Batch> batches = Channel.CreateUnbounded<Batch>();

    public List<int> Sizes { get; } = [];

    public ValueTask<Batch> Next() => batches.Reader.ReadAsync(Xunit.TestContext.Current.CancellationToken);

    public bool IsShared => false;

    public Task<IReadOnlyList<AppendOutcome>> CommitAsync(IReadOnlyList<Append> appends, CancellationToken cancel)
    {
        var batch = new Batch(appends);
        Sizes.Add(appends.Count);
        batches.Writer.TryWrite(batch);
        return batch.Ended;
    }

    public Task<bool> DeleteAsync(Deletion deletion, CancellationToken cancel) => throw new NotSupportedException();

    public Task<ExecutionState?> LoadAsync(ExecutionId id, CancellationToken cancel) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<ExecutionId, long>> RevisionsAsync(IReadOnlyCollection<ExecutionId> ids, CancellationToken cancel) =>
        throw new NotSupportedException();

    public Task<bool> WasCommittedAsync(ExecutionState state, long sequence, long commitId, CancellationToken cancel) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<DueExecution>> DueAsync(int bucket, DateTimeOffset now, DueExecution? after, int limit, CancellationToken cancel) =>
        throw new NotSupportedException();

    public Task<(long Live, long Due)> CountDueAsync(DateTimeOffset now, CancellationToken cancel) => throw new NotSupportedException();

    internal sealed class Batch(IReadOnlyList<Append> appends)
    {
        private readonly TaskCompletionSource<IReadOnlyList<AppendOutcome>> end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<Append> Appends { get; } = appends;

        public Task<IReadOnlyList<AppendOutcome>> Ended => end.Task;

        public void Succeed() => end.SetResult([.. Appends.Select(_ => AppendOutcome.Committed.Instance)]);

        public void Fail(Exception e) => end.SetException(e);
    }
}
