namespace ExecutionGrains.Client.Reporting;

/// <summary>One line of requests: one in flight, each with a time-out, and growing pauses after failures. Used on the pump only.</summary>
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

    /// <param name="delayMax">Longest pause, unless the tracker asks for more.</param>
    public Lane(TrackerCore core, TimeSpan delayMax)
    {
        (_core, _delayMax) = (core, delayMax);
        _timeout = core.Pump.CreateAlarm(OnTimeout);
        _pause = core.Pump.CreateAlarm(OnPauseOver);
    }

    /// <summary>A request is in flight, or will be after a pause.</summary>
    public bool IsBusy => _inFlight is not null || _next is not null;

    /// <summary>
    /// Exactly one of the two is called, on the pump. What a request answers after its time-out is ignored: it will be sent again under the same ids.
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
                // Looked at in any case, so that it is observed.
                var fault = ended.Exception?.InnerException ?? (ended.IsCanceled ? new TimeoutException("The transport gave the request up.") : null);
                _core.Pump.Post(() => Done(attempt, fault, () => answered(ended.Result), failed));
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    public void Succeeded() => _failures = 0;

    /// <summary>Runs the next attempt after a pause.</summary>
    /// <param name="asked">What the tracker asked to wait; null: it did not.</param>
    /// <param name="pauseMax">Bounds the pause further.</param>
    public void Again(Action next, TimeSpan? asked = null, TimeSpan? pauseMax = null)
    {
        (_next, _patient) = (next, asked is not null);
        var pause = asked ?? Backoff();
        _pause.Set(pauseMax < pause ? pauseMax.Value : pause);
    }

    /// <summary>The tracker answers again: no need to wait, unless it asked for that.</summary>
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

    /// <summary>Doubles up to the longest; between half of it and all of it, so that workers do not come back all at once.</summary>
    private TimeSpan Backoff()
    {
        var doubled = _core.Options.RetryDelay.TotalSeconds * Math.Pow(2, Math.Min(_failures++, 30));
        var most = Math.Min(doubled, Math.Min(_delayMax.TotalSeconds, _core.Options.RetryDelayMax.TotalSeconds));
        return TimeSpan.FromSeconds(most * (0.5 + (_core.Options.Random.NextDouble() / 2)));
    }
}
