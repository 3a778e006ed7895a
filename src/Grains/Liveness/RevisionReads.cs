using ExecutionGrains.Storage;

namespace ExecutionGrains.Grains;

/// <summary>
/// What a silo asks a shared store before it answers from memory: is this still the revision? Those that ask while a query runs are the next one; never two at once.
/// </summary>
public sealed class RevisionReads
{
    /// <summary>How long an activation's memory is believed after its last contact with a shared store. 2 s.</summary>
    public static readonly TimeSpan Trust = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private Batch _gathering = new();
    private Task _running = Task.CompletedTask;

    /// <summary>The stored revision; 0 where there is no row.</summary>
    /// <exception cref="StoreException">The store is away.</exception>
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
            // Whoever asks first leads: it waits for the query before, then asks for all that have come meanwhile.
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
            // Each of those who wait is told.
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

        /// <summary>Set when the query has ended, well or not.</summary>
        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<IReadOnlyDictionary<ExecutionId, long>> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
