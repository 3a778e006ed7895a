namespace ExecutionGrains.Client.Reporting;

/// <summary>
/// How long an execution lives on this side: its stop signal with the first reason, and the moment after which nothing is sent.
/// </summary>
internal sealed class Lifetime : IDisposable
{
    /// <summary>The longest that a timer can wait, 49 days. What is further away is the tracker's to say, in its answers.</summary>
    private static readonly TimeSpan TimerMax = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly Lock gate = new();
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource sending = new();
    private readonly TimeSpan? timeout;
    private readonly TimeSpan? lease;
    private readonly TimeSpan grace;
    private readonly ITimer deadlineTimer;
    private readonly ITimer leaseTimer;
    private readonly ITimer lastTimer;
    private bool disposed;

    public Lifetime(TimeProvider time, TimeSpan? timeout, TimeSpan? lease, TimeSpan grace)
    {
        (this.timeout, this.lease, this.grace) = (timeout, lease, grace);
        Cancellation = stop.Token;
        Sending = sending.Token;
        deadlineTimer = time.CreateTimer(_ => OnDeadline(), null, Due(timeout), Timeout.InfiniteTimeSpan);
        leaseTimer = time.CreateTimer(_ => Stop(StopReason.LeaseLost, null), null, Due(lease), Timeout.InfiniteTimeSpan);
        lastTimer = time.CreateTimer(_ => StopSending(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Fires when the work should stop.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>Fires when nothing may be sent any more.</summary>
    public CancellationToken Sending { get; }

    public StopReason Reason { get; private set; }

    public string? Message { get; private set; }

    /// <summary>Past its timeout: only what belongs to the end is sent.</summary>
    public bool PastDeadline { get; private set; }

    /// <summary>The first reason stands.</summary>
    public void Stop(StopReason reason, string? message)
    {
        lock (gate)
        {
            if (disposed || Reason != StopReason.None)
            {
                return;
            }

            (Reason, Message) = (reason, message);
        }

        // Asynchronously: what users have registered on the token runs in there, and may hang.
        _ = stop.CancelAsync();
    }

    /// <summary>The tracker has heard us, with what was sent <paramref name="ago"/>.</summary>
    public void Touch(TimeSpan ago) => Change(leaseTimer, lease - (ago < lease ? ago : lease));

    /// <summary>A paused execution has no deadline.</summary>
    public void Suspend() => Change(deadlineTimer, Timeout.InfiniteTimeSpan);

    /// <summary>A resumed one has its whole timeout again.</summary>
    public void Restart() => Change(deadlineTimer, timeout);

    /// <summary>Bounds what is left, unless the deadline bounds it already.</summary>
    public void EndWithin(TimeSpan patience)
    {
        Change(leaseTimer, Timeout.InfiniteTimeSpan);
        if (!PastDeadline)
        {
            Change(lastTimer, patience);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            deadlineTimer.Dispose();
            leaseTimer.Dispose();
            lastTimer.Dispose();
        }

        StopSending();
    }

    private void OnDeadline()
    {
        PastDeadline = true;
        Stop(StopReason.Deadline, null);
        if (grace == TimeSpan.Zero)
        {
            StopSending();
        }
        else
        {
            Change(lastTimer, grace);
        }
    }

    /// <summary>Now nothing is sent any more.</summary>
    public void StopSending() => sending.Cancel();

    private void Change(ITimer timer, TimeSpan? due)
    {
        lock (gate)
        {
            if (!disposed && due is { } at)
            {
                timer.Change(Due(at), Timeout.InfiniteTimeSpan);
            }
        }
    }

    private static TimeSpan Due(TimeSpan? after) => after <= TimerMax ? after.Value : Timeout.InfiniteTimeSpan;
}
