using System.Collections.Concurrent;

namespace ExecutionGrains.Client.Reporting;

/// <summary>State shared by all executions of one <see cref="ExecutionTracker"/>.</summary>
internal sealed class TrackerContext
{
    private readonly Lock _gate = new();
    private readonly List<EventBuffer> _waiting = [];
    private long _bufferedBytes;

    public TrackerContext(ITransport transport, TrackerOptions options, TrackerCounters counters)
    {
        (Transport, Options, Counters) = (transport, options, counters);
        Callbacks = new Callbacks(options, counters);
        EventLoop = new EventLoop(options.TimeProvider, _ => counters.CountFault());
        Availability = new Availability(options.TimeProvider, options.RequestTimeout + (2 * options.RetryDelayMax)) { Recovered = RetryNow };
    }

    public ITransport Transport { get; }

    public TrackerOptions Options { get; }

    public TrackerCounters Counters { get; }

    public Callbacks Callbacks { get; }

    public EventLoop EventLoop { get; }

    public Availability Availability { get; }

    /// <summary>Executions that still accept events or have unsent ones.</summary>
    public ConcurrentDictionary<ExecutionId, Reporter> Live { get; } = new();

    public TimeProvider Time => Options.TimeProvider;

    /// <summary>Sorted by id, so that simulation runs are repeatable.</summary>
    public Reporter[] Executions() => [.. Live.Values.OrderBy(reporter => reporter.Execution.Value, StringComparer.Ordinal)];

    /// <summary>Callers' continuations run on the thread pool, never on the loop. In the SDK's own simulation they run synchronously.</summary>
    private TaskCreationOptions Continuations => Options.Deterministic ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously;

    public TaskCompletionSource<T> CreateCompletionSource<T>() => new(Continuations);

    /// <summary>Reserves bytes of the buffer space that all executions share. False if too little is left.</summary>
    public bool TryReserve(long bytes, long most)
    {
        if (Interlocked.Add(ref _bufferedBytes, bytes) <= most)
        {
            return true;
        }

        Interlocked.Add(ref _bufferedBytes, -bytes);
        return false;
    }

    public void Reserve(long bytes) => Interlocked.Add(ref _bufferedBytes, bytes);

    /// <summary>Releases shared bytes. Then buffers with waiting callers admit them, in the order in which they began to wait.</summary>
    public void Release(long bytes)
    {
        Interlocked.Add(ref _bufferedBytes, -bytes);
        EventBuffer[] waiting;
        lock (_gate)
        {
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        foreach (var buffer in waiting)
        {
            buffer.Admit();
        }
    }

    /// <summary>Registers a buffer with waiting callers: the next <see cref="Release"/> of any execution calls its <see cref="EventBuffer.Admit"/>.</summary>
    public void RegisterWaiting(EventBuffer buffer)
    {
        lock (_gate)
        {
            if (!_waiting.Contains(buffer))
            {
                _waiting.Add(buffer);
            }
        }
    }

    /// <summary>
    /// Waits for an answer of the tracker, up to <see cref="TrackerOptions.AnswerTimeout"/>; does not wait while the tracker is unavailable. False if it did
    /// not come.
    /// </summary>
    public async ValueTask<bool> WaitForAnswerAsync(Task awaited, CancellationToken cancellationToken)
    {
        if (awaited.IsCompleted)
        {
            return true;
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (Availability.IsUnavailable)
        {
            return false;
        }

        var answers = Availability.Answers;
        try
        {
            await awaited.WaitAsync(Options.AnswerTimeout, Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!awaited.IsCompleted)
        {
            Availability.WaitTimedOut(answers);
            return false;
        }
        catch (Exception) when (awaited.IsCompleted)
        {
            // The caller awaits the task and gets the exception.
        }

        return true;
    }

    /// <summary>Cancels a token source on the thread pool: callbacks that users or transports registered on the token may hang.</summary>
    public void Cancel(CancellationTokenSource source)
    {
        if (Options.Deterministic)
        {
            source.Cancel();
        }
        else
        {
            _ = source.CancelAsync();
        }
    }

    private void RetryNow() => EventLoop.Post(() =>
    {
        foreach (var reporter in Executions())
        {
            reporter.RetryNow();
        }
    });
}
