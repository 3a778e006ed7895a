namespace ExecutionGrains.Embedded;

/// <summary>
/// Runs the turns of one activation, one at a time: on the pool, or at once on the thread of a caller who finds it free.
/// An await inside a turn comes back here, because a turn's TaskScheduler.Current is this one.
/// </summary>
internal sealed class TurnScheduler(TaskScheduler workers) : TaskScheduler, IThreadPoolWorkItem
{
    /// <summary>Turns that run on one pool thread before others have their chance.</summary>
    private const int TurnsAtOnceMax = 64;

    private readonly Lock _gate = new();
    private Queue<Task>? _queue;
    private Task? _now;
    private bool _isBusy;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Runs an unstarted turn on this thread if no other turn is running.</summary>
    public bool TryRunNow(Task turn)
    {
        lock (_gate)
        {
            if (_isBusy)
            {
                return false;
            }

            _isBusy = true;
        }

        RunWithoutContext(turn);
        Release();
        return true;
    }

    void IThreadPoolWorkItem.Execute() => Execute();

    private void Execute()
    {
        for (var i = 0; i < TurnsAtOnceMax; i++)
        {
            Task? turn;
            lock (_gate)
            {
                if (!_queue!.TryDequeue(out turn))
                {
                    _isBusy = false;
                    return;
                }
            }

            TryExecuteTask(turn);
        }

        QueueWork(preferLocal: false);
    }

    protected override void QueueTask(Task task)
    {
        if (ReferenceEquals(task, _now))
        {
            _now = null;
            TryExecuteTask(task);
            return;
        }

        lock (_gate)
        {
            (_queue ??= new Queue<Task>()).Enqueue(task);
            if (_isBusy)
            {
                return;
            }

            _isBusy = true;
        }

        QueueWork(preferLocal: true);
    }

    /// <summary>Only inside a turn of this very scheduler: anywhere else it would run beside one.</summary>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && Current == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate)
        {
            return [.. _queue ?? []];
        }
    }

    /// <summary>An await prefers the synchronization context over the scheduler: the caller's must not be seen.</summary>
    private void RunWithoutContext(Task turn)
    {
        _now = turn;
        if (SynchronizationContext.Current is not { } callersContext)
        {
            turn.Start(this);
            return;
        }

        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            turn.Start(this);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(callersContext);
        }
    }

    private void Release()
    {
        lock (_gate)
        {
            if (_queue is null or { Count: 0 })
            {
                _isBusy = false;
                return;
            }
        }

        QueueWork(preferLocal: true);
    }

    private void QueueWork(bool preferLocal)
    {
        if (workers == Default)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal);
        }
        else
        {
            new Task(static turns => ((TurnScheduler)turns!).Execute(), this).Start(workers);
        }
    }
}
