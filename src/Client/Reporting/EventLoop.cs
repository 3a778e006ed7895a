namespace ExecutionGrains.Client.Reporting;

/// <summary>
/// Event loop of one tracker: runs queued work and timers one at a time. With the system's clock it has a dedicated thread with its own timer queue, so that a
/// starved thread pool does not delay heartbeats. With any other clock (tests), work runs on the threads that post it and that fire the clock's timer.
/// </summary>
internal sealed class EventLoop
{
    private readonly object _gate = new();
    private readonly TimeProvider _time;
    private readonly Action<Exception> _failed;
    private readonly Queue<Action> _work = new();
    private readonly SortedSet<LoopTimer> _timers = new(Comparer<LoopTimer>.Create((one, other) => (one.Due, one.Order).CompareTo((other.Due, other.Order))));
    private readonly ITimer? _clockTimer;
    private bool _running;
    private bool _closed;
    private long _order;

    /// <param name="failed">Called with an exception that a work item threw.</param>
    public EventLoop(TimeProvider time, Action<Exception> failed)
    {
        (_time, _failed) = (time, failed);
        _clockTimer = time == TimeProvider.System ? null : time.CreateTimer(_ => Drain(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public LoopTimer CreateTimer(Action action) => new(this, action);

    /// <summary>Queues work. False if the event loop is closed; the work will not run.</summary>
    public bool Post(Action work)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            _work.Enqueue(work);
            Wake();
        }

        if (_clockTimer is not null)
        {
            Drain();
        }

        return true;
    }

    /// <summary>Closes the loop. Work that was posted before still runs; timers do not fire any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _timers.Clear();
            Monitor.PulseAll(_gate);
        }

        _clockTimer?.Dispose();
    }

    private void Wake()
    {
        if (_clockTimer is not null)
        {
            return;
        }

        if (_running)
        {
            Monitor.Pulse(_gate);
            return;
        }

        _running = true;
        new Thread(() => Run(wait: true)) { IsBackground = true, Name = "ExecutionGrains reports" }.Start();
    }

    /// <summary>Runs all due work, unless another thread is already doing so.</summary>
    private void Drain()
    {
        lock (_gate)
        {
            if (_running)
            {
                return;
            }

            _running = true;
        }

        Run(wait: false);
    }

    private void Run(bool wait)
    {
        while (Next(wait) is { } work)
        {
            try
            {
                work();
            }
            catch (Exception e)
            {
                _failed(e);
            }
        }
    }

    private Action? Next(bool wait)
    {
        lock (_gate)
        {
            while (true)
            {
                var now = _time.GetTimestamp();
                if (_timers.Min is { } first && first.Due <= now)
                {
                    _timers.Remove(first);
                    first.IsSet = false;
                    return first.Action;
                }

                if (_work.TryDequeue(out var work))
                {
                    return work;
                }

                if (_closed || !wait)
                {
                    _running = false;
                    if (!_closed)
                    {
                        Rearm();
                    }

                    return null;
                }

                Monitor.Wait(_gate, _timers.Min is { } next ? Milliseconds(next.Due - now) : Timeout.Infinite);
            }
        }
    }

    private int Milliseconds(long ticks) => (int)Math.Clamp(Math.Ceiling(ticks * 1_000.0 / _time.TimestampFrequency), 1, int.MaxValue);

    private void Set(LoopTimer timer, TimeSpan after)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            timer.IsSet = !_closed;
            if (_closed)
            {
                return;
            }

            var wait = after > TimeSpan.Zero ? after : TimeSpan.Zero;
            timer.Due = (long)Math.Min(long.MaxValue / 2, _time.GetTimestamp() + (wait.TotalSeconds * _time.TimestampFrequency));
            timer.Order = ++_order;
            _timers.Add(timer);
            Rearm();
        }
    }

    private void Clear(LoopTimer timer)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            timer.IsSet = false;
            Rearm();
        }
    }

    private void Rearm()
    {
        if (_clockTimer is null)
        {
            Monitor.Pulse(_gate);
        }
        else if (_timers.Min is { } next)
        {
            var wait = Math.Max(0, next.Due - _time.GetTimestamp()) / (double)_time.TimestampFrequency;
            _clockTimer.Change(TimeSpan.FromSeconds(Math.Min(wait, 1_000_000)), Timeout.InfiniteTimeSpan);
        }
        else
        {
            _clockTimer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>A one-shot timer of the loop. Setting it again moves it.</summary>
    internal sealed class LoopTimer(EventLoop loop, Action action)
    {
        public Action Action { get; } = action;

        public long Due { get; set; }

        /// <summary>Breaks ties: of two timers due at the same time, the one that was set first runs first.</summary>
        public long Order { get; set; }

        public bool IsSet { get; set; }

        public void Set(TimeSpan after) => loop.Set(this, after);

        public void Clear() => loop.Clear(this);
    }
}
