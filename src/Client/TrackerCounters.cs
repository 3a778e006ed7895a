namespace ExecutionGrains.Client;

/// <summary>What a tracker has seen since it was made. Every figure only grows.</summary>
public sealed class TrackerCounters
{
    private long answered;
    private long rejected;
    private long faults;
    private long abandoned;
    private long callbackFaults;
    private long callbacksDropped;
    private long untracked;
    private long logLinesDropped;

    /// <summary>Events that got a final answer.</summary>
    public long Answered => Interlocked.Read(ref answered);

    /// <summary>Those of them answered <c>rejected</c>.</summary>
    public long Rejected => Interlocked.Read(ref rejected);

    /// <summary>Requests that failed; most of them were tried again.</summary>
    public long Faults => Interlocked.Read(ref faults);

    /// <summary>
    /// Events that were never answered: written after the end, unsent when the tracker object was disposed, or in a request that the tracker refused for good.
    /// </summary>
    public long Abandoned => Interlocked.Read(ref abandoned);

    /// <summary>Callbacks that threw.</summary>
    public long CallbackFaults => Interlocked.Read(ref callbackFaults);

    /// <summary>Callbacks that were not called because an earlier one still hangs.</summary>
    public long CallbacksDropped => Interlocked.Read(ref callbacksDropped);

    /// <summary>Log lines that were dropped because a buffer was full. A line in the execution's own log says how many were dropped there.</summary>
    public long LogLinesDropped => Interlocked.Read(ref logLinesDropped);

    /// <summary>Runs that began before the tracker answered their start. Most are recorded later; a start that the tracker refuses is not.</summary>
    public long Untracked => Interlocked.Read(ref untracked);

    /// <summary>Counts a run that goes on untracked; for integrations.</summary>
    public void CountUntracked() => Interlocked.Increment(ref untracked);

    internal void CountAnswer(EventAnswer answer)
    {
        Interlocked.Increment(ref answered);
        if (answer.Result == Result.Rejected)
        {
            Interlocked.Increment(ref rejected);
        }
    }

    internal void CountFault() => Interlocked.Increment(ref faults);

    internal void CountLogLineDropped() => Interlocked.Increment(ref logLinesDropped);

    internal void CountAbandoned(int count) => Interlocked.Add(ref abandoned, count);

    internal void CountCallbackFault() => Interlocked.Increment(ref callbackFaults);

    internal void CountCallbackDropped() => Interlocked.Increment(ref callbacksDropped);
}
