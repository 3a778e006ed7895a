using System.Diagnostics;
using System.Threading.Channels;

namespace ExecutionGrains.Storage;

/// <summary>
/// Group commit: appends submitted during one transaction form the next. With several writers, waits up to 2 ms for callers that were just answered. Never two
/// appends of one execution in one batch: the second waits for the next.
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
    private readonly Regathering again;
    private readonly Task loop;
    private List<Waiting> deferred = [];
    private int depth;
    private int lastBatchSize;
    private long lastCommitTicks;

    /// <param name="time">Measures commits. Default the system's.</param>
    /// <param name="scheduler">Where the writer runs. Default the thread pool; a simulation has its own.</param>
    /// <param name="scope">Of its meter. Default itself.</param>
    /// <param name="feed">Is told what was committed. Default nobody.</param>
    /// <param name="isOnly">Whether the store has no other writer. Default false.</param>
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
        // By the machine's time, also where the clock is somebody's hand; a simulation's by its own.
        again = new(scheduler is null ? TimeProvider.System : this.time);
        loop = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler ?? TaskScheduler.Default).Unwrap();
    }

    /// <summary>Appends that wait for a transaction; those in it are not counted.</summary>
    public int Depth => Volatile.Read(ref depth);

    public int LastBatchSize => Volatile.Read(ref lastBatchSize);

    /// <summary>How long the last transaction took.</summary>
    public TimeSpan LastCommitDuration => TimeSpan.FromTicks(Volatile.Read(ref lastCommitTicks));

    /// <inheritdoc/>
    public Task<AppendOutcome> SubmitAsync(Append append)
    {
        // Whatever the only writer does keeps all others waiting.
        if (isOnly)
        {
            append.Ready = ReadyState.Of(append.State);
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

    /// <summary>Refuses new appends and completes when all that were taken have their answer.</summary>
    public Task StopAsync(CancellationToken cancel = default)
    {
        arrivals.Writer.TryComplete();
        return loop.WaitAsync(cancel);
    }

    /// <summary>As a crash leaves it, for a simulation: whoever waits has no answer, now or ever.</summary>
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

    /// <summary>Started on the writer's scheduler, and stays there: no await of the loop leaves it.</summary>
    private async Task RunAsync()
    {
        while (deferred.Count > 0 || await arrivals.Reader.WaitToReadAsync())
        {
            // The only writer begins at once with what has gathered: while it waits nobody writes, and that costs it more.
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

    /// <summary>Also what may have been written: who is told in vain asks the store once.</summary>
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
            // Whatever a store throws, the loop goes on: the callers read back whether they were written.
            return All(batch, e.Message, uncertain: true);
        }
    }

    private static AppendOutcome[] All(List<Waiting> batch, string reason, bool uncertain)
    {
        var outcomes = new AppendOutcome[batch.Count];
        Array.Fill(outcomes, new AppendOutcome.Unavailable(reason, uncertain));
        return outcomes;
    }

    /// <summary>Callers go on elsewhere, never on the writer.</summary>
    private sealed class Waiting(Append append) : TaskCompletionSource<AppendOutcome>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public Append Append { get; } = append;

        /// <summary>The traced operation that submitted the append; null: no tracing.</summary>
        public Activity? Caller { get; } = Activity.Current;
    }

    private sealed class Gathering(CommitQueueOptions options)
    {
        // Also those that were turned away: what comes after them must not overtake them.
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
