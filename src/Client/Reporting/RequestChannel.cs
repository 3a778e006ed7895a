namespace ExecutionGrains.Client.Reporting;

/// <summary>
/// Sends requests one at a time, each with a timeout, and with exponential backoff after failures. Not thread-safe: all calls are made on the
/// <see cref="EventLoop"/>.
/// </summary>
internal sealed class RequestChannel
{
    private readonly TrackerContext _context;
    private readonly TimeSpan _delayMax;
    private readonly EventLoop.LoopTimer _timeoutTimer;
    private readonly EventLoop.LoopTimer _retryTimer;
    private CancellationTokenSource? _inFlight;
    private Action? _timedOut;
    private Action? _next;
    private bool _delayRequested;
    private int _failures;

    /// <param name="delayMax">Maximum delay before a retry, unless the tracker asks for more.</param>
    public RequestChannel(TrackerContext context, TimeSpan delayMax)
    {
        (_context, _delayMax) = (context, delayMax);
        _timeoutTimer = context.EventLoop.CreateTimer(OnTimeout);
        _retryTimer = context.EventLoop.CreateTimer(OnRetryDue);
    }

    /// <summary>Whether a request is in flight or waits for its retry delay.</summary>
    public bool IsBusy => _inFlight is not null || _next is not null;

    /// <summary>
    /// Sends a request. Calls exactly one of the two callbacks, on the event loop, or none after <see cref="Stop"/>. A response after the timeout is ignored;
    /// the request is sent again with the same event ids.
    /// </summary>
    public void Call<T>(Func<CancellationToken, Task<T>> call, TimeSpan timeout, Action<T> answered, Action<Exception> failed)
    {
        var attempt = new CancellationTokenSource();
        _inFlight = attempt;
        _timedOut = () => failed(new TimeoutException($"No answer within {timeout.TotalSeconds:0.###} s."));
        _timeoutTimer.Set(timeout);
        Task<T> request;
        try
        {
            request = call(attempt.Token);
        }
        catch (Exception e)
        {
            request = Task.FromException<T>(e);
        }

        _ = request.ContinueWith(
            ended =>
            {
                // Read the exception in any case, so that it counts as observed.
                var fault = ended.Exception?.InnerException ?? (ended.IsCanceled ? new TimeoutException("The transport cancelled the request.") : null);
                _context.EventLoop.Post(() => Done(attempt, fault, () => answered(ended.Result), failed));
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    public void Succeeded() => _failures = 0;

    /// <summary>Schedules the next attempt.</summary>
    /// <param name="asked">Delay that the tracker asked for; null for the backoff delay.</param>
    /// <param name="pauseMax">Further limit of the delay; null for none.</param>
    public void ScheduleRetry(Action next, TimeSpan? asked = null, TimeSpan? pauseMax = null)
    {
        (_next, _delayRequested) = (next, asked is not null);
        var pause = asked ?? Backoff();
        _retryTimer.Set(pauseMax < pause ? pauseMax.Value : pause);
    }

    /// <summary>Runs a scheduled attempt now, because the tracker is available again. Not if the tracker itself asked for the delay.</summary>
    public void RetryNow()
    {
        if (_next is not null && !_delayRequested)
        {
            OnRetryDue();
        }
    }

    public void Stop()
    {
        _next = null;
        _retryTimer.Clear();
        _timeoutTimer.Clear();
        Cancel();
    }

    private void Done(CancellationTokenSource attempt, Exception? fault, Action answered, Action<Exception> failed)
    {
        if (attempt != _inFlight)
        {
            return;
        }

        _inFlight = null;
        _timeoutTimer.Clear();
        attempt.Dispose();
        if (fault is null)
        {
            answered();
        }
        else
        {
            failed(fault);
        }
    }

    private void OnTimeout()
    {
        Cancel();
        _timedOut?.Invoke();
    }

    private void OnRetryDue()
    {
        _retryTimer.Clear();
        var next = _next;
        _next = null;
        next?.Invoke();
    }

    private void Cancel()
    {
        if (Interlocked.Exchange(ref _inFlight, null) is { } attempt)
        {
            _context.Cancel(attempt);
        }
    }

    /// <summary>Exponential backoff up to the maximum, with jitter between half and all of it, so that workers do not retry at the same time.</summary>
    private TimeSpan Backoff()
    {
        var doubled = _context.Options.RetryDelay.TotalSeconds * Math.Pow(2, Math.Min(_failures++, 30));
        var most = Math.Min(doubled, Math.Min(_delayMax.TotalSeconds, _context.Options.RetryDelayMax.TotalSeconds));
        return TimeSpan.FromSeconds(most * (0.5 + (_context.Options.Random.NextDouble() / 2)));
    }
}
