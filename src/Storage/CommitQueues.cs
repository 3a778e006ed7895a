namespace ExecutionGrains.Storage;

/// <summary>A commit queue per writer of the store. An execution always goes to the same one, so that its appends keep their order.</summary>
public sealed class CommitQueues : ICommitQueue, IAsyncDisposable
{
    private readonly CommitQueue[] queues;

    /// <param name="writerCount">Commits that the store runs at the same time; 1 to 16.</param>
    /// <param name="options">Of each queue.</param>
    /// <param name="time">Measures commits. Default the system's.</param>
    /// <param name="feed">Is told what was committed. Default nobody.</param>
    public CommitQueues(IExecutionStore store, int writerCount, CommitQueueOptions? options = null, TimeProvider? time = null, ChangeFeed? feed = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(writerCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(writerCount, 16);
        queues = [.. Enumerable.Range(0, writerCount).Select(_ => new CommitQueue(store, options, time, scope: this, feed: feed, isOnly: writerCount == 1))];
    }

    /// <summary>Appends that wait for a transaction; those in it are not counted.</summary>
    public int Depth => queues.Sum(queue => queue.Depth);

    /// <summary>Of the writer whose last batch was the largest.</summary>
    public int LastBatchSize => queues.Max(queue => queue.LastBatchSize);

    /// <summary>Of the writer whose last transaction took longest.</summary>
    public TimeSpan LastCommitDuration => queues.Max(queue => queue.LastCommitDuration);

    /// <inheritdoc/>
    public Task<AppendOutcome> SubmitAsync(Append append) => queues[ExecutionBucket.Of(append.State.Id) % queues.Length].SubmitAsync(append);

    /// <summary>Refuses new appends and completes when all that were taken have their answer.</summary>
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
