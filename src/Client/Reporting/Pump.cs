namespace ExecutionGrains.Client.Reporting;

/// <summary>
/// Event loop of one tracker: runs queued work and timers one at a time. With the system's clock it has a dedicated thread with its own timer queue, so that a
/// starved thread pool does not delay heartbeats. With any other clock (tests), work runs on the threads that post it and that fire the clock's timer.
/// </summary>
internal sealed class Pump
{
    private readonly object _gate = new();
    private readonly TimeProvider _time;
    private readonly Action<Exception> _failed;
    private readonly Queue<Action> _work = new();
    private readonly SortedSet<Alarm> _alarms = new(Comparer<Alarm>.Create((one, other) => (one.Due, one.Order).CompareTo((other.Due, other.Order))));
    private readonly ITimer? _timer;
    private bool _running;
    private bool _closed;
    private long _order;

    /// <param name="failed">Called with an exception that a work item threw.</param>
    public Pump(TimeProvider time, Action<Exception> failed)
    {
        (_time, _failed) = (time, failed);
        _timer = time == TimeProvider.System ? null : time.CreateTimer(_ => Drain(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public Alarm CreateAlarm(Action action) => new(this, action);

    /// <summary>Queues work. False if the pump is closed; the work will not run.</summary>
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

        if (_timer is not null)
        {
            Drain();
        }

        return true;
    }

    /// <summary>Closes the pump. Work that was posted before still runs; timers do not fire any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _alarms.Clear();
            Monitor.PulseAll(_gate);
        }

        _timer?.Dispose();
    }

    private void Wake()
    {
        if (_timer is not null)
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
                if (_alarms.Min is { } first && first.Due <= now)
                {
                    _alarms.Remove(first);
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

                Monitor.Wait(_gate, _alarms.Min is { } next ? Milliseconds(next.Due - now) : Timeout.Infinite);
            }
        }
    }

    private int Milliseconds(long ticks) => (int)Math.Clamp(Math.Ceiling(ticks * 1_000.0 / _time.TimestampFrequency), 1, int.MaxValue);

    private void Set(Alarm alarm, TimeSpan after)
    {
        lock (_gate)
        {
            _alarms.Remove(alarm);
            alarm.IsSet = !_closed;
            if (_closed)
            {
                return;
            }

            var wait = after > TimeSpan.Zero ? after : TimeSpan.Zero;
            alarm.Due = (long)Math.Min(long.MaxValue / 2, _time.GetTimestamp() + (wait.TotalSeconds * _time.TimestampFrequency));
            alarm.Order = ++_order;
            _alarms.Add(alarm);
            Rearm();
        }
    }

    private void Clear(Alarm alarm)
    {
        lock (_gate)
        {
            _alarms.Remove(alarm);
            alarm.IsSet = false;
            Rearm();
        }
    }

    private void Rearm()
    {
        if (_timer is null)
        {
            Monitor.Pulse(_gate);
        }
        else if (_alarms.Min is { } next)
        {
            var wait = Math.Max(0, next.Due - _time.GetTimestamp()) / (double)_time.TimestampFrequency;
            _timer.Change(TimeSpan.FromSeconds(Math.Min(wait, 1_000_000)), Timeout.InfiniteTimeSpan);
        }
        else
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>A one-shot timer of the pump. Setting it again moves it.</summary>
    internal sealed class Alarm(Pump pump, Action action)
    {
        public Action Action { get; } = action;

        public long Due { get; set; }

        /// <summary>Breaks ties: of two alarms due at the same time, the one that was set first runs first.</summary>
        public long Order { get; set; }

        public bool IsSet { get; set; }

        public void Set(TimeSpan after) => pump.Set(this, after);

        public void Clear() => pump.Clear(this);
    }
}
