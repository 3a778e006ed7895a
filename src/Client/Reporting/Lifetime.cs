namespace ExecutionGrains.Client.Reporting;

/// <summary>When the work should stop, and why: the first reason stands.</summary>
internal sealed class Lifetime
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TrackerCore _core;
    private readonly Pump.Alarm _deadline;
    private readonly Pump.Alarm _silence;
    private TimeSpan? _lease;
    private long _startedAt;
    private bool _disposed;

    public Lifetime(TrackerCore core, TimeSpan? timeout, TimeSpan? lease)
    {
        (_core, Timeout, _lease) = (core, timeout, lease);
        Cancellation = _stop.Token;
        _deadline = core.Pump.CreateAlarm(() => Stop(StopReason.Deadline, null));
        _silence = core.Pump.CreateAlarm(() => Stop(StopReason.LeaseLost, null));
        Restart();
        Touch(TimeSpan.Zero);
    }

    /// <summary>Fires when the work should stop.</summary>
    public CancellationToken Cancellation { get; }

    public TimeSpan? Timeout { get; }

    public StopReason Reason { get; private set; }

    public string? Message { get; private set; }

    public void Stop(StopReason reason, string? message)
    {
        lock (_gate)
        {
            if (_disposed || Reason != StopReason.None)
            {
                return;
            }

            (Message, Reason) = (message, reason);
        }

        _core.Cancel(_stop);
    }

    /// <summary>The tracker has heard us, with what was sent <paramref name="ago"/>.</summary>
    public void Touch(TimeSpan ago)
    {
        if (_core.Options.OnTrackerLost == TrackerLost.Stop)
        {
            Set(_silence, _lease - ago);
        }
    }

    /// <summary>The tracker gives less than was known.</summary>
    public void Shorten(TimeSpan lease) => _lease = lease;

    /// <summary>A paused execution has no deadline, and neither has one whose pause is on its way.</summary>
    public void Suspend() => _deadline.Clear();

    /// <summary>It was not paused after all: the deadline is what it was.</summary>
    public void GoOn() => Set(_deadline, Timeout - _core.Time.GetElapsedTime(_startedAt));

    /// <summary>A resumed one has its whole timeout again.</summary>
    public void Restart()
    {
        _startedAt = _core.Time.GetTimestamp();
        Set(_deadline, Timeout);
    }

    /// <summary>From here on nothing fires.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _deadline.Clear();
            _silence.Clear();
        }
    }

    private void Set(Pump.Alarm alarm, TimeSpan? after)
    {
        lock (_gate)
        {
            if (!_disposed && after is { } wait)
            {
                alarm.Set(wait);
            }
        }
    }
}
