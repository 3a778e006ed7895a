namespace ExecutionGrains.Client.Reporting;

/// <summary>Tells the work to stop, and why: on request, at the deadline, or when the lease is lost. Only the first reason counts.</summary>
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

    /// <summary>Restarts the lease timer. The tracker accepted a request that was sent this long ago.</summary>
    public void Touch(TimeSpan ago)
    {
        if (_core.Options.OnTrackerLost == TrackerLost.Stop)
        {
            Set(_silence, _lease - ago);
        }
    }

    /// <summary>The tracker granted a shorter lease than known so far.</summary>
    public void Shorten(TimeSpan lease) => _lease = lease;

    /// <summary>Stops the deadline timer. A paused execution has no deadline; neither has one whose pause is being sent.</summary>
    public void Suspend() => _deadline.Clear();

    /// <summary>Restores the deadline after the tracker did not accept a pause.</summary>
    public void GoOn() => Set(_deadline, Timeout - _core.Time.GetElapsedTime(_startedAt));

    /// <summary>Starts the timeout again in full, as after a resume.</summary>
    public void Restart()
    {
        _startedAt = _core.Time.GetTimestamp();
        Set(_deadline, Timeout);
    }

    /// <summary>Stops both timers. Afterwards nothing fires.</summary>
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
