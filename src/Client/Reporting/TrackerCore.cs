using System.Collections.Concurrent;

namespace ExecutionGrains.Client.Reporting;

/// <summary>What the executions of one tracker share.</summary>
internal sealed class TrackerCore
{
    private readonly Lock _gate = new();
    private readonly List<EventBuffer> _waiting = [];
    private long _bufferedBytes;

    public TrackerCore(ITransport transport, TrackerOptions options, TrackerCounters counters)
    {
        (Transport, Options, Counters) = (transport, options, counters);
        Callbacks = new Callbacks(options, counters);
        Pump = new Pump(options.TimeProvider, _ => counters.CountFault());
        Availability = new Availability(options.TimeProvider, options.RequestTimeout + (2 * options.RetryDelayMax)) { Recovered = Hurry };
    }

    public ITransport Transport { get; }

    public TrackerOptions Options { get; }

    public TrackerCounters Counters { get; }

    public Callbacks Callbacks { get; }

    public Pump Pump { get; }

    public Availability Availability { get; }

    /// <summary>The executions that still have something to send or may get something.</summary>
    public ConcurrentDictionary<ExecutionId, Reporter> Live { get; } = new();

    public TimeProvider Time => Options.TimeProvider;

    /// <summary>In an order that does not depend on the process, so that the simulation can be repeated.</summary>
    public Reporter[] Executions() => [.. Live.Values.OrderBy(reporter => reporter.Execution.Value, StringComparer.Ordinal)];

    /// <summary>What users wait for continues on the pool, never on the pump; in the SDK's own simulation in place.</summary>
    private TaskCreationOptions Continuations => Options.Deterministic ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously;

    public TaskCompletionSource<T> Promise<T>() => new(Continuations);

    /// <summary>Takes bytes of the buffer that all executions share. False: there are not that many.</summary>
    public bool TryTake(long bytes, long most)
    {
        if (Interlocked.Add(ref _bufferedBytes, bytes) <= most)
        {
            return true;
        }

        Interlocked.Add(ref _bufferedBytes, -bytes);
        return false;
    }

    public void Take(long bytes) => Interlocked.Add(ref _bufferedBytes, bytes);

    /// <summary>Gives shared bytes back. Buffers whose callers wait for some get their turn, in the order in which they began to wait.</summary>
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

    /// <summary>The buffer has callers that wait for room: the next <see cref="Release"/> of any execution calls <see cref="EventBuffer.Admit"/>.</summary>
    public void Await(EventBuffer buffer)
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
    /// Waits for something of the tracker's, for as long as the work may be held up, and not at all while the tracker is away. False: it has not come.
    /// </summary>
    public async ValueTask<bool> WithinAsync(Task awaited, CancellationToken cancellationToken)
    {
        if (awaited.IsCompleted)
        {
            return true;
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (Availability.IsAway)
        {
            return false;
        }

        var answers = Availability.Answers;
        try
        {
            await awaited.WaitAsync(Options.AnswerWait, Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!awaited.IsCompleted)
        {
            Availability.GaveUp(answers);
            return false;
        }
        catch (Exception) when (awaited.IsCompleted)
        {
            // The caller awaits it and sees the same.
        }

        return true;
    }

    /// <summary>What users and transports have registered on a token may hang: it runs on the pool.</summary>
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

    private void Hurry() => Pump.Post(() =>
    {
        foreach (var reporter in Executions())
        {
            reporter.Hurry();
        }
    });
}
