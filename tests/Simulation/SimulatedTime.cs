namespace ExecutionGrains.Simulation;

/// <summary>
/// Time and threads of one simulation: one thread, which runs ready tasks in an order that the seed decides, and moves the clock to the next timer when none is
/// ready. No other thread may run simulated code. An await that continues on the thread pool would end the determinism, and is detected.
/// </summary>
internal sealed class SimulatedTime(Random random) : TaskScheduler
{
    /// <summary>Start of every simulation: 2026-01-01T00:00Z.</summary>
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const long TasksMax = 3_000_000;

    private readonly List<Task> _ready = [];
    private readonly PriorityQueue<(SimulatedTimer Timer, int Generation), (long At, long Number)> _timers = new();
    private long _number;
    private int _thread;
    private bool _stopped;
    private volatile string? _left;

    /// <summary>Time since the start.</summary>
    public TimeSpan Elapsed { get; private set; }

    public DateTimeOffset Now => Start + Elapsed;

    /// <summary>Number of tasks that ran.</summary>
    public long TaskCount { get; private set; }

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Runs on the caller's thread until the main task has ended or <see cref="Stop"/> is called.</summary>
    /// <exception cref="InvalidOperationException">Nothing is ready, no timer is left, and the main task has not ended.</exception>
    public void Run(Func<Task> main)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        _thread = Environment.CurrentManagedThreadId;
        try
        {
            var ended = Spawn(main);
            while (!ended.IsCompleted && !_stopped)
            {
                Step();
            }

            if (ended.IsFaulted)
            {
                ended.GetAwaiter().GetResult();
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    public void Stop() => _stopped = true;

    /// <summary>Starts an actor.</summary>
    public Task Spawn(Func<Task> actor) =>
        Task.Factory.StartNew(() => Guarded(actor), CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    /// <summary>
    /// Completes after this time. Its task has no asynchronous continuations, because those of WhenAll and WhenAny would go to the thread pool. An await still
    /// returns to its scheduler.
    /// </summary>
    public Task Delay(TimeSpan by)
    {
        var ended = new TaskCompletionSource();
        _ = new SimulatedTimer(this, _ => ended.TrySetResult(), null, by, Timeout.InfiniteTimeSpan);
        return ended.Task;
    }

    public ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new SimulatedTimer(this, callback, state, dueTime, period);

    /// <summary>Whether the caller is on the simulation's thread. If not, an await has left it, and the run fails.</summary>
    public bool IsThread()
    {
        if (Environment.CurrentManagedThreadId == _thread)
        {
            return true;
        }

        _left ??= Environment.StackTrace;
        return false;
    }

    protected override void QueueTask(Task task)
    {
        if (IsThread())
        {
            _ready.Add(task);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [.. _ready];

    /// <summary>An exception of an actor ends the run, because an actor must not fall silent by mistake.</summary>
    private async Task Guarded(Func<Task> actor)
    {
        try
        {
            await actor();
        }
        catch (Exception e)
        {
            _left ??= e.ToString();
            throw;
        }
    }

    private void Step()
    {
        if (_left is { } where)
        {
            throw new InvalidOperationException($"An actor failed, or has left the simulation's thread: {where}");
        }

        if (_ready.Count > 0)
        {
            var chosen = _ready.Count == 1 ? 0 : random.Next(_ready.Count);
            var task = _ready[chosen];
            _ready[chosen] = _ready[^1];
            _ready.RemoveAt(_ready.Count - 1);
            if (++TaskCount > TasksMax)
            {
                throw new InvalidOperationException($"The simulation does not come to rest: {TasksMax:N0} tasks by {Elapsed}.");
            }

            TryExecuteTask(task);
            return;
        }

        if (!_timers.TryDequeue(out var next, out var due))
        {
            throw new InvalidOperationException("The simulation stands still: nothing is ready and no timer is left.");
        }

        if (next.Timer.Generation == next.Generation)
        {
            Elapsed = TimeSpan.FromTicks(due.At);
            next.Timer.Fire();
        }
    }

    private sealed class SimulatedTimer : ITimer
    {
        private readonly SimulatedTime _time;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private TimeSpan _period;

        public SimulatedTimer(SimulatedTime time, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_time, _callback, _state) = (time, callback, state);
            Change(dueTime, period);
        }

        public int Generation { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Generation++;
            _period = period;
            if (dueTime >= TimeSpan.Zero)
            {
                _time._timers.Enqueue((this, Generation), ((_time.Elapsed + dueTime).Ticks, ++_time._number));
            }

            return true;
        }

        public void Fire()
        {
            if (_period > TimeSpan.Zero)
            {
                Change(_period, _period);
            }

            _callback(_state);
        }

        public void Dispose() => Generation++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
