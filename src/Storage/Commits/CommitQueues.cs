using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Storage.Commits;

/// <summary>One commit queue per writer of the store. All appends of an execution go to the same queue, so that they keep their order.</summary>
public sealed class CommitQueues : ICommitQueue, IAsyncDisposable
{
    private readonly CommitQueue[] queues;

    /// <param name="writerCount">Concurrent commits, one queue each. 1 to 16.</param>
    /// <param name="options">Limits of each queue.</param>
    /// <param name="time">Measures commits. Default: the system clock.</param>
    /// <param name="feed">Receives the committed changes. Default: none.</param>
    public CommitQueues(IExecutionStore store, int writerCount, CommitQueueOptions? options = null, TimeProvider? time = null, ChangeFeed? feed = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(writerCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(writerCount, 16);
        queues = [.. Enumerable.Range(0, writerCount).Select(_ => new CommitQueue(store, options, time, scope: this, feed: feed, isOnly: writerCount == 1))];
    }

    /// <summary>Appends that wait for a transaction, over all queues. Excludes those in running ones.</summary>
    public int Depth => queues.Sum(queue => queue.Depth);

    /// <summary>The largest of the queues' last batches.</summary>
    public int LastBatchSize => queues.Max(queue => queue.LastBatchSize);

    /// <summary>The longest of the queues' last transactions.</summary>
    public TimeSpan LastCommitDuration => queues.Max(queue => queue.LastCommitDuration);

    /// <inheritdoc/>
    public Task<AppendOutcome> SubmitAsync(Append append) => queues[ExecutionBucket.Of(append.State.Id) % queues.Length].SubmitAsync(append);

    /// <summary>Refuses new appends. Completes when all accepted appends are answered.</summary>
    public Task StopAsync(CancellationToken cancel = default) => Task.WhenAll(queues.Select(queue => queue.StopAsync(cancel)));

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        foreach (var queue in queues)
        {
            await queue.DisposeAsync().ConfigureAwait(false);
        }
    }
}
