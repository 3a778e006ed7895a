using System.Collections.Concurrent;

namespace ExecutionGrains.Storage;

/// <summary>
/// Calls observers (loggers, listeners of metrics and traces) in order on a thread of its own, so that one that throws or hangs never holds up the caller.
/// At most 1,024 calls wait; those beyond, and those that throw, are dropped and counted.
/// </summary>
/// <param name="name">The thread's name.</param>
/// <param name="dropped">Called for each dropped call, on any thread. Default nothing.</param>
public sealed class ObserverQueue(string name, Action? dropped = null) : IDisposable
{
    private const int WaitingMax = 1_024;

    private readonly BlockingCollection<Action> _waiting = new(WaitingMax);
    private readonly Lock _gate = new();
    private Thread? _thread;
    private long _dropped;
    private bool _isDisposed;

    /// <summary>Calls that were dropped so far.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Never waits and never throws.</summary>
    public void Add(Action call)
    {
        try
        {
            if (_waiting.TryAdd(call))
            {
                Start();
                return;
            }
        }
        catch (InvalidOperationException)
        {
            // Disposed: the process ends.
        }

        Drop();
    }

    /// <summary>Counts a call that failed before it could be added.</summary>
    public void Drop()
    {
        Interlocked.Increment(ref _dropped);
        dropped?.Invoke();
    }

    /// <summary>Runs the calls that wait, for at most two seconds. A container disposes once per service that the owner is registered as.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        _waiting.CompleteAdding();
        if (_thread?.Join(TimeSpan.FromSeconds(2)) != false)
        {
            _waiting.Dispose();
        }
    }

    /// <summary>The thread starts with the first call: most queues of a silo never get one.</summary>
    private void Start()
    {
        if (Volatile.Read(ref _thread) is not null)
        {
            return;
        }

        lock (_gate)
        {
            if (_thread is null)
            {
                var thread = new Thread(Run) { IsBackground = true, Name = name };
                thread.UnsafeStart();
                Volatile.Write(ref _thread, thread);
            }
        }
    }

    private void Run()
    {
        foreach (var call in _waiting.GetConsumingEnumerable())
        {
            try
            {
                call();
            }
            catch (Exception)
            {
                Drop();
            }
        }
    }
}
