using System.Collections.Concurrent;

namespace ExecutionGrains.Storage.Commits;

/// <summary>
/// Calls observers (loggers, metric and trace listeners) in order on a dedicated thread, so that an observer that throws or blocks never delays the caller. At
/// most 1,024 calls wait. Further calls and calls that throw are dropped and counted.
/// </summary>
/// <param name="name">The thread's name.</param>
/// <param name="dropped">Called for each dropped call, on any thread. Default: none.</param>
public sealed class ObserverQueue(string name, Action? dropped = null) : IDisposable
{
    private const int WaitingMax = 1_024;

    private readonly BlockingCollection<Action> _waiting = new(WaitingMax);
    private readonly Lock _gate = new();
    private Thread? _thread;
    private long _dropped;
    private bool _isDisposed;

    /// <summary>Number of calls dropped so far.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Queues a call. Never blocks, never throws.</summary>
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
            // The queue is disposed, because the process is ending.
        }

        Drop();
    }

    /// <summary>Counts a call that failed before it could be queued.</summary>
    public void Drop()
    {
        Interlocked.Increment(ref _dropped);
        dropped?.Invoke();
    }

    /// <summary>Runs the queued calls, for at most 2 s. May be called repeatedly: a container disposes the owner once per registered service.</summary>
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

    /// <summary>Starts the thread with the first call, because most queues of a silo never receive one.</summary>
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
