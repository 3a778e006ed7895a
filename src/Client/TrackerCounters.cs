namespace ExecutionGrains.Client;

/// <summary>Counters of one <see cref="ExecutionTracker"/> since its creation. They only increase.</summary>
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

    /// <summary>Answered events that the tracker rejected.</summary>
    public long Rejected => Interlocked.Read(ref rejected);

    /// <summary>Requests that failed. Most of them were retried.</summary>
    public long Faults => Interlocked.Read(ref faults);

    /// <summary>
    /// Events without an answer: written after the end, unsent when the <see cref="ExecutionTracker"/> was disposed, or part of a request that the tracker
    /// permanently refused.
    /// </summary>
    public long Abandoned => Interlocked.Read(ref abandoned);

    /// <summary>Callbacks that threw.</summary>
    public long CallbackFaults => Interlocked.Read(ref callbackFaults);

    /// <summary>Callbacks that were skipped because 1,000 were waiting behind a slow one.</summary>
    public long CallbacksDropped => Interlocked.Read(ref callbacksDropped);

    /// <summary>Log lines dropped because a buffer was full. A line in the execution's own log says how many were dropped at that place.</summary>
    public long LogLinesDropped => Interlocked.Read(ref logLinesDropped);

    /// <summary>Executions whose work began before the tracker answered the start. Most are recorded later; a start that the tracker refuses is not.</summary>
    public long Untracked => Interlocked.Read(ref untracked);

    /// <summary>Adds one to <see cref="Untracked"/>. For integrations that continue without the tracker.</summary>
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
