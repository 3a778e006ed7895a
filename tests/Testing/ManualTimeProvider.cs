namespace ExecutionGrains.Testing;

/// <summary>
/// A clock that only a test moves. Unlike Microsoft's FakeTimeProvider it has <see cref="WhenScheduledAsync"/>, <see cref="PassUntilAsync"/> and
/// <see cref="TimerCount"/>, by which a test waits for the code instead of sleeping, and its time is read without a lock.
/// </summary>
public sealed class ManualTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly SortedSet<ManualTimer> _timers = new(
        Comparer<ManualTimer>.Create((one, other) => (one.Due, one.Order).CompareTo((other.Due, other.Order))));
    private long _order;
    private readonly List<(TimeSpan AtMost, TaskCompletionSource Found)> _waiters = [];
    private DateTimeOffset _utcNow = start;
    private TimeSpan _elapsed;

    /// <summary>Starts at 2026-01-01T00:00Z.</summary>
    public ManualTimeProvider()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Number of timers that are scheduled.</summary>
    public int TimerCount
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count;
            }
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _utcNow;
        }
    }

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _elapsed.Ticks;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves both clocks. Timers fire on this thread in the order of their due times, each at its own time, including those that they start.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        TimeSpan end;
        lock (_gate)
        {
            end = _elapsed + by;
        }

        while (TakeDue(end) is { } timer)
        {
            timer.Fire();
        }

        lock (_gate)
        {
            MoveTo(end);
        }
    }

    /// <summary>Moves only GetUtcNow, forward or back, as an operator or NTP does. Timers are not affected.</summary>
    public void JumpWallClock(TimeSpan by)
    {
        lock (_gate)
        {
            _utcNow += by;
        }
    }

    /// <summary>Completes when a timer is due within <paramref name="atMost"/>, so that a test moves the clock only once the code waits.</summary>
    public Task WhenScheduledAsync(TimeSpan atMost)
    {
        lock (_gate)
        {
            if (_timers.Min is { } first && first.Due <= _elapsed + atMost)
            {
                return Task.CompletedTask;
            }

            var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((atMost, found));
            return found.Task;
        }
    }

    /// <summary>Moves the clock in steps, each only when a timer waits for it, until the task has completed.</summary>
    public async Task PassUntilAsync(Task ended, TimeSpan step)
    {
        while (await Task.WhenAny(ended, WhenScheduledAsync(step)) != ended)
        {
            Advance(step);
        }
    }

    private ManualTimer? TakeDue(TimeSpan end)
    {
        lock (_gate)
        {
            var next = _timers.Min is { } first && first.Due <= end ? first : null;
            if (next is not null)
            {
                MoveTo(next.Due > _elapsed ? next.Due : _elapsed);
                Reschedule(next);
            }

            return next;
        }
    }

    private void MoveTo(TimeSpan elapsed)
    {
        if (elapsed > _elapsed)
        {
            _utcNow += elapsed - _elapsed;
            _elapsed = elapsed;
        }
    }

    private void Reschedule(ManualTimer timer)
    {
        _timers.Remove(timer);
        if (timer.Period > TimeSpan.Zero)
        {
            Add(timer, timer.Due + timer.Period);
        }
    }

    private void Add(ManualTimer timer, TimeSpan due)
    {
        (timer.Due, timer.Order) = (due, ++_order);
        _timers.Add(timer);
    }

    private void Tell(TimeSpan dueTime)
    {
        foreach (var waiter in _waiters.Where(waiter => dueTime <= waiter.AtMost).ToArray())
        {
            _waiters.Remove(waiter);
            waiter.Found.SetResult();
        }
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; set; }

        /// <summary>Of two timers that are due at the same time, the one that was set first fires first.</summary>
        public long Order { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
                Period = period;
                if (dueTime >= TimeSpan.Zero)
                {
                    clock.Add(this, clock._elapsed + dueTime);
                    clock.Tell(dueTime);
                }
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
