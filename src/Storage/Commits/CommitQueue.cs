using System.Diagnostics;
using System.Threading.Channels;
using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Storage.Commits;

/// <summary>
/// Group commit: appends submitted during one transaction form the next. With several writers, waits up to 2 ms for callers that were just answered. A batch
/// never holds two appends of one execution: the second waits for the next batch.
/// </summary>
public sealed class CommitQueue : ICommitQueue, IAsyncDisposable
{
    private readonly IExecutionStore store;
    private readonly CommitQueueOptions options;
    private readonly TimeProvider time;
    private readonly ChangeFeed? feed;
    private readonly bool isOnly;
    private readonly Channel<Waiting> arrivals = Channel.CreateUnbounded<Waiting>(new() { SingleReader = true });
    private readonly CommitObservers observers;
    private readonly CommitPacer again;
    private readonly Task loop;
    private List<Waiting> deferred = [];
    private int depth;
    private int lastBatchSize;
    private long lastCommitTicks;

    /// <param name="time">Measures commits. Default: the system clock.</param>
    /// <param name="scheduler">Where the writer loop runs. Default: the thread pool. A simulation passes its own.</param>
    /// <param name="scope">Scope of the meter. Default: this queue.</param>
    /// <param name="feed">Receives the committed changes. Default: none.</param>
    /// <param name="isOnly">Whether this queue is the only writer of the store. Default false.</param>
    public CommitQueue(
        IExecutionStore store,
        CommitQueueOptions? options = null,
        TimeProvider? time = null,
        TaskScheduler? scheduler = null,
        object? scope = null,
        ChangeFeed? feed = null,
        bool isOnly = false)
    {
        this.store = store;
        this.isOnly = isOnly;
        this.feed = feed;
        this.options = options ?? new();
        this.options.Validate();
        this.time = time ?? TimeProvider.System;
        observers = new CommitObservers(scope ?? this);
        // The pacer measures real time, even if a test controls the clock. Only a simulation, which passes a scheduler, controls it too.
        again = new(scheduler is null ? TimeProvider.System : this.time);
        loop = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler ?? TaskScheduler.Default).Unwrap();
    }

    /// <summary>Appends that wait for a transaction. Excludes those in the running one.</summary>
    public int Depth => Volatile.Read(ref depth);

    public int LastBatchSize => Volatile.Read(ref lastBatchSize);

    /// <summary>Duration of the last transaction.</summary>
    public TimeSpan LastCommitDuration => TimeSpan.FromTicks(Volatile.Read(ref lastCommitTicks));

    /// <inheritdoc/>
    public Task<AppendOutcome> SubmitAsync(Append append)
    {
        // Encode on the caller's thread: the only writer commits one batch at a time, so its work delays every other append.
        if (isOnly)
        {
            append.Ready = EncodedState.Of(append.State);
        }

        var waitingCount = Interlocked.Increment(ref depth);
        if (waitingCount > options.QueuedMax)
        {
            Interlocked.Decrement(ref depth);
            return Task.FromResult<AppendOutcome>(AppendOutcome.Overloaded.Instance);
        }

        var waiting = new Waiting(append);
        if (!arrivals.Writer.TryWrite(waiting))
        {
            Interlocked.Decrement(ref depth);
            return Task.FromResult<AppendOutcome>(new AppendOutcome.Unavailable("The commit queue is stopped.", Uncertain: false));
        }

        again.Came(waitingCount);
        return waiting.Task;
    }

    /// <summary>Refuses new appends. Completes when all accepted appends are answered.</summary>
    public Task StopAsync(CancellationToken cancel = default)
    {
        arrivals.Writer.TryComplete();
        return loop.WaitAsync(cancel);
    }

    /// <summary>Simulates a crash: waiting appends are never answered.</summary>
    internal void Abandon()
    {
        arrivals.Writer.TryComplete();
        observers.Dispose();
        again.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        observers.Dispose();
        again.Dispose();
    }

    /// <summary>Runs on the writer's scheduler. The awaits in the loop do not use ConfigureAwait(false), so that it stays there.</summary>
    private async Task RunAsync()
    {
        while (deferred.Count > 0 || await arrivals.Reader.WaitToReadAsync())
        {
            // The only writer starts at once with what is queued: while it waits, nothing is written, and that costs more than a larger batch saves.
            if (!isOnly)
            {
                await again.WaitAsync(lastBatchSize, () => Depth);
            }

            var batch = Gather();
            Interlocked.Add(ref depth, -batch.Count);
            await CommitAsync(batch);
        }
    }

    private List<Waiting> Gather()
    {
        var batch = new Gathering(options);
        var still = new List<Waiting>();
        foreach (var waiting in deferred)
        {
            if (!batch.TryAdd(waiting))
            {
                still.Add(waiting);
            }
        }

        while (!batch.IsFull && arrivals.Reader.TryRead(out var waiting))
        {
            if (!batch.TryAdd(waiting))
            {
                still.Add(waiting);
            }
        }

        deferred = still;
        return batch.Taken;
    }

    private async Task CommitAsync(List<Waiting> batch)
    {
        var began = time.GetTimestamp();
        var outcomes = await AskStoreAsync(batch);
        var took = time.GetElapsedTime(began);

        Volatile.Write(ref lastBatchSize, batch.Count);
        Volatile.Write(ref lastCommitTicks, took.Ticks);
        observers.Committed(batch.Count, took, time.GetUtcNow(), batch.Select(waiting => waiting.Caller).OfType<Activity>());
        for (var i = 0; i < batch.Count; i++)
        {
            batch[i].SetResult(outcomes[i]);
        }

        feed?.Committed(Changes.Of([.. Written(batch, outcomes)]));
    }

    /// <summary>Includes uncertain writes: a false announcement only costs its receiver one read.</summary>
    private static IEnumerable<ExecutionId> Written(List<Waiting> batch, IReadOnlyList<AppendOutcome> outcomes) => batch
        .Where((_, i) => outcomes[i] is AppendOutcome.Committed or AppendOutcome.Unavailable { Uncertain: true })
        .Select(waiting => waiting.Append.State.Id);

    private async Task<IReadOnlyList<AppendOutcome>> AskStoreAsync(List<Waiting> batch)
    {
        try
        {
            var appends = batch.ConvertAll(w => w.Append);
            var outcomes = await store.CommitAsync(appends, CancellationToken.None);
            return outcomes.Count == batch.Count
                ? outcomes
                : All(batch, $"The store gave {outcomes.Count} outcomes for {batch.Count} appends.", uncertain: true);
        }
        catch (StoreException e)
        {
            return All(batch, e.Reason, e.Uncertain);
        }
        catch (Exception e)
        {
            // The loop must survive any exception of the store. The callers read back whether their appends were written.
            return All(batch, e.Message, uncertain: true);
        }
    }

    private static AppendOutcome[] All(List<Waiting> batch, string reason, bool uncertain)
    {
        var outcomes = new AppendOutcome[batch.Count];
        Array.Fill(outcomes, new AppendOutcome.Unavailable(reason, uncertain));
        return outcomes;
    }

    /// <summary>Runs continuations asynchronously, so that callers never run on the writer's thread.</summary>
    private sealed class Waiting(Append append) : TaskCompletionSource<AppendOutcome>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public Append Append { get; } = append;

        /// <summary>The trace activity that submitted the append. Null: no tracing.</summary>
        public Activity? Caller { get; } = Activity.Current;
    }

    private sealed class Gathering(CommitQueueOptions options)
    {
        // Includes executions whose append was deferred: their later appends must not overtake it.
        private readonly HashSet<ExecutionId> seen = [];
        private int effects;

        public List<Waiting> Taken { get; } = [];

        public bool IsFull { get; private set; }

        public bool TryAdd(Waiting waiting)
        {
            var more = waiting.Append.Effects.Count;
            if (!seen.Add(waiting.Append.State.Id) || IsFull || (Taken.Count > 0 && effects + more > options.BatchEffectsMax))
            {
                IsFull |= effects + more > options.BatchEffectsMax;
                return false;
            }

            Taken.Add(waiting);
            effects += more;
            IsFull = Taken.Count >= options.BatchMax || effects >= options.BatchEffectsMax;
            return true;
        }
    }
}
