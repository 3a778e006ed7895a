namespace ExecutionGrains.Client.Reporting;

/// <summary>Tells the work to stop, and why: on request, at the deadline, or when the lease is lost. Only the first reason counts.</summary>
internal sealed class StopSignal
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TrackerContext _context;
    private readonly EventLoop.LoopTimer _deadline;
    private readonly EventLoop.LoopTimer _silence;
    private TimeSpan? _lease;
    private long _startedAt;
    private bool _disposed;

    public StopSignal(TrackerContext context, TimeSpan? timeout, TimeSpan? lease)
    {
        (_context, Timeout, _lease) = (context, timeout, lease);
        Cancellation = _stop.Token;
        _deadline = context.EventLoop.CreateTimer(() => Stop(StopReason.Deadline, null));
        _silence = context.EventLoop.CreateTimer(() => Stop(StopReason.LeaseLost, null));
        Restart();
        RestartLease(TimeSpan.Zero);
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

        _context.Cancel(_stop);
    }

    /// <summary>Restarts the lease timer. The tracker accepted a request that was sent this long ago.</summary>
    public void RestartLease(TimeSpan ago)
    {
        if (_context.Options.OnTrackerLost == TrackerLossBehavior.Stop)
        {
            Set(_silence, _lease - ago);
        }
    }

    /// <summary>The tracker granted a shorter lease than known so far.</summary>
    public void Shorten(TimeSpan lease) => _lease = lease;

    /// <summary>Stops the deadline timer. A paused execution has no deadline; neither has one whose pause is being sent.</summary>
    public void Suspend() => _deadline.Clear();

    /// <summary>Restores the deadline after the tracker did not accept a pause.</summary>
    public void RestoreDeadline() => Set(_deadline, Timeout - _context.Time.GetElapsedTime(_startedAt));

    /// <summary>Starts the timeout again in full, as after a resume.</summary>
    public void Restart()
    {
        _startedAt = _context.Time.GetTimestamp();
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

    private void Set(EventLoop.LoopTimer timer, TimeSpan? after)
    {
        lock (_gate)
        {
            if (!_disposed && after is { } wait)
            {
                timer.Set(wait);
            }
        }
    }
}
