using ExecutionGrains.Storage;

namespace ExecutionGrains.Grains;

/// <summary>
/// Reads stored revisions from a shared store, to check that a grain's memory is current before it answers. Requests made while a query runs are combined
/// into the next one, so a silo runs at most one such query at a time.
/// </summary>
public sealed class RevisionReads
{
    /// <summary>How long after its last contact with a shared store an activation's memory is trusted: 2 s.</summary>
    public static readonly TimeSpan Trust = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private Batch _gathering = new();
    private Task _running = Task.CompletedTask;

    /// <summary>The stored revision; 0 if there is no row.</summary>
    /// <exception cref="StoreException">The store is unavailable.</exception>
    public async Task<long> OfAsync(ExecutionId id, IExecutionStore store)
    {
        Batch batch;
        Task before;
        bool leads;
        lock (_gate)
        {
            (batch, before) = (_gathering, _running);
            leads = batch.Ids.Count == 0;
            batch.Ids.Add(id);
        }

        if (leads)
        {
            // The first request of a batch leads it: it waits for the running query, then queries for every id that was added meanwhile.
            await before;
            await Ask(batch, store);
        }

        return (await batch.Answer.Task).GetValueOrDefault(id);
    }

    private async Task Ask(Batch batch, IExecutionStore store)
    {
        lock (_gate)
        {
            (_gathering, _running) = (new Batch(), batch.Over.Task);
        }

        try
        {
            batch.Answer.SetResult(await store.RevisionsAsync(batch.Ids, CancellationToken.None));
        }
        catch (Exception e)
        {
            // Every waiting caller gets the exception.
            batch.Answer.SetException(e);
        }
        finally
        {
            batch.Over.SetResult();
        }
    }

    private sealed class Batch
    {
        public HashSet<ExecutionId> Ids { get; } = [];

        /// <summary>Completes when the query has ended, successfully or not.</summary>
        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<IReadOnlyDictionary<ExecutionId, long>> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
