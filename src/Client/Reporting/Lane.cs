namespace ExecutionGrains.Client.Reporting;

/// <summary>
/// Sends requests one at a time, each with a timeout, and with exponential backoff after failures. Not thread-safe: all calls are made on the
/// <see cref="Pump"/>.
/// </summary>
internal sealed class Lane
{
    private readonly TrackerCore _core;
    private readonly TimeSpan _delayMax;
    private readonly Pump.Alarm _timeout;
    private readonly Pump.Alarm _pause;
    private CancellationTokenSource? _inFlight;
    private Action? _timedOut;
    private Action? _next;
    private bool _patient;
    private int _failures;

    /// <param name="delayMax">Maximum delay before a retry, unless the tracker asks for more.</param>
    public Lane(TrackerCore core, TimeSpan delayMax)
    {
        (_core, _delayMax) = (core, delayMax);
        _timeout = core.Pump.CreateAlarm(OnTimeout);
        _pause = core.Pump.CreateAlarm(OnPauseOver);
    }

    /// <summary>Whether a request is in flight or waits for its retry delay.</summary>
    public bool IsBusy => _inFlight is not null || _next is not null;

    /// <summary>
    /// Sends a request. Calls exactly one of the two callbacks, on the pump, or none after <see cref="Stop"/>. A response after the timeout is ignored; the
    /// request is sent again with the same event ids.
    /// </summary>
    public void Call<T>(Func<CancellationToken, Task<T>> call, TimeSpan timeout, Action<T> answered, Action<Exception> failed)
    {
        var attempt = new CancellationTokenSource();
        _inFlight = attempt;
        _timedOut = () => failed(new TimeoutException($"No answer within {timeout.TotalSeconds:0.###} s."));
        _timeout.Set(timeout);
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
                _core.Pump.Post(() => Done(attempt, fault, () => answered(ended.Result), failed));
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    public void Succeeded() => _failures = 0;

    /// <summary>Schedules the next attempt.</summary>
    /// <param name="asked">Delay that the tracker asked for; null for the backoff delay.</param>
    /// <param name="pauseMax">Further limit of the delay; null for none.</param>
    public void Again(Action next, TimeSpan? asked = null, TimeSpan? pauseMax = null)
    {
        (_next, _patient) = (next, asked is not null);
        var pause = asked ?? Backoff();
        _pause.Set(pauseMax < pause ? pauseMax.Value : pause);
    }

    /// <summary>Runs a scheduled attempt now, because the tracker is available again. Not if the tracker itself asked for the delay.</summary>
    public void Hurry()
    {
        if (_next is not null && !_patient)
        {
            OnPauseOver();
        }
    }

    public void Stop()
    {
        _next = null;
        _pause.Clear();
        _timeout.Clear();
        Cancel();
    }

    private void Done(CancellationTokenSource attempt, Exception? fault, Action answered, Action<Exception> failed)
    {
        if (attempt != _inFlight)
        {
            return;
        }

        _inFlight = null;
        _timeout.Clear();
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

    private void OnPauseOver()
    {
        _pause.Clear();
        var next = _next;
        _next = null;
        next?.Invoke();
    }

    private void Cancel()
    {
        if (Interlocked.Exchange(ref _inFlight, null) is { } attempt)
        {
            _core.Cancel(attempt);
        }
    }

    /// <summary>Exponential backoff up to the maximum, with jitter between half and all of it, so that workers do not retry at the same time.</summary>
    private TimeSpan Backoff()
    {
        var doubled = _core.Options.RetryDelay.TotalSeconds * Math.Pow(2, Math.Min(_failures++, 30));
        var most = Math.Min(doubled, Math.Min(_delayMax.TotalSeconds, _core.Options.RetryDelayMax.TotalSeconds));
        return TimeSpan.FromSeconds(most * (0.5 + (_core.Options.Random.NextDouble() / 2)));
    }
}
