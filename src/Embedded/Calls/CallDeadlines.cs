namespace ExecutionGrains.Embedded;

/// <summary>
/// Calls in the order of their deadlines. All wait equally long, so that a list is enough; ended calls leave it at once.
/// A silo has several, so that threads do not meet at one lock.
/// </summary>
internal sealed class CallDeadlines(TimeProvider clock, TimeSpan timeout)
{
    private readonly Lock _gate = new();
    private GrainCall? _first;
    private GrainCall? _last;

    public void Add(GrainCall call)
    {
        lock (_gate)
        {
            call.WaitingSince = clock.GetTimestamp();
            call.Deadlines = this;
            call.Earlier = _last;
            if (_last is null)
            {
                _first = call;
            }
            else
            {
                _last.Later = call;
            }

            _last = call;
        }
    }

    public void Remove(GrainCall call)
    {
        lock (_gate)
        {
            Unlink(call);
        }
    }

    /// <summary>Fails every call whose time is up with a TimeoutException.</summary>
    public void Sweep()
    {
        while (Take(IsOverdue) is { } call)
        {
            call.TimeOut(timeout);
        }
    }

    /// <summary>Fails every call that still waits.</summary>
    public void FailAll(Exception exception)
    {
        while (Take(_ => true) is { } call)
        {
            call.Fail(exception);
        }
    }

    private bool IsOverdue(GrainCall call) => clock.GetElapsedTime(call.WaitingSince) >= timeout;

    private GrainCall? Take(Func<GrainCall, bool> isWanted)
    {
        lock (_gate)
        {
            if (_first is not { } call || !isWanted(call))
            {
                return null;
            }

            Unlink(call);
            return call;
        }
    }

    private void Unlink(GrainCall call)
    {
        if (call.Deadlines is null)
        {
            return;
        }

        _first = call == _first ? call.Later : _first;
        _last = call == _last ? call.Earlier : _last;
        call.Earlier?.Later = call.Later;
        call.Later?.Earlier = call.Earlier;
        call.Earlier = call.Later = null;
        call.Deadlines = null;
    }
}
