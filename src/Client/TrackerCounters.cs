namespace ExecutionGrains.Client;

/// <summary>Counters of one <see cref="ExecutionTracker"/> since its creation. They only increase.</summary>
public sealed class TrackerCounters
{
    private long _answered;
    private long _rejected;
    private long _faults;
    private long _abandoned;
    private long _callbackFaults;
    private long _callbacksDropped;
    private long _startedUntracked;
    private long _logLinesDropped;

    /// <summary>Events that got a final answer.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Answered events that the tracker rejected.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>Requests that failed. Most of them were retried.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    /// <summary>
    /// Events without an answer: written after the end, unsent when the <see cref="ExecutionTracker"/> was disposed, or part of a request that the tracker
    /// permanently refused.
    /// </summary>
    public long Abandoned => Interlocked.Read(ref _abandoned);

    /// <summary>Callbacks that threw.</summary>
    public long CallbackFaults => Interlocked.Read(ref _callbackFaults);

    /// <summary>Callbacks that were skipped because 1,000 were waiting behind a slow one.</summary>
    public long CallbacksDropped => Interlocked.Read(ref _callbacksDropped);

    /// <summary>Log lines dropped because a buffer was full. A line in the execution's own log says how many were dropped at that place.</summary>
    public long LogLinesDropped => Interlocked.Read(ref _logLinesDropped);

    /// <summary>Executions whose work began before the tracker answered the start. Most are recorded later; a start that the tracker refuses is not.</summary>
    public long StartedUntracked => Interlocked.Read(ref _startedUntracked);

    /// <summary>Adds one to <see cref="StartedUntracked"/>. For integrations that continue without the tracker.</summary>
    public void CountStartedUntracked() => Interlocked.Increment(ref _startedUntracked);

    internal void CountAnswer(EventAnswer answer)
    {
        Interlocked.Increment(ref _answered);
        if (answer.Result == Result.Rejected)
        {
            Interlocked.Increment(ref _rejected);
        }
    }

    internal void CountFault() => Interlocked.Increment(ref _faults);

    internal void CountLogLineDropped() => Interlocked.Increment(ref _logLinesDropped);

    internal void CountAbandoned(int count) => Interlocked.Add(ref _abandoned, count);

    internal void CountCallbackFault() => Interlocked.Increment(ref _callbackFaults);

    internal void CountCallbackDropped() => Interlocked.Increment(ref _callbacksDropped);
}
