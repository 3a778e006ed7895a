namespace ExecutionGrains.Client.Reporting;

/// <content>Sends the start until the tracker has answered it.</content>
internal sealed partial class Reporter
{
    private void Create()
    {
        if (!_closing && !_owner.TryGetTarget(out _))
        {
            Stop();
            return;
        }

        _createCount++;
        var sentAt = _core.Time.GetTimestamp();
        _events.Call(ct => _core.Transport.CreateAsync(Execution, _create!, ct), _core.Options.RequestTimeout, grant => OnCreated(grant, sentAt), OnNotCreated);
        if (!_beats.IsBusy && !_beat.IsSet)
        {
            _beat.Set(Period);
        }
    }

    /// <summary>
    /// Repeats a start beside one that hangs. The tracker may have accepted the first one although its answer hangs or was lost. A repeated start then counts
    /// as a sign of life, so it is sent as often as a heartbeat.
    /// </summary>
    private void CreateBeside()
    {
        var sentAt = _core.Time.GetTimestamp();
        _beats.Call(
            ct => _core.Transport.CreateAsync(Execution, _create!, ct),
            BeatTimeout,
            grant => OnCreated(grant, sentAt),
            fault =>
            {
                if (fault is TrackerException { Transient: false })
                {
                    OnNotCreated(fault);
                    return;
                }

                _core.Callbacks.Fault(Execution, fault);
                _core.Availability.Failed();
                _beats.Again(CreateBeside, pauseMax: Period / 2);
            });
    }

    private void OnCreated(ExecutionGrant grant, long sentAt)
    {
        _events.Stop();
        _beats.Stop();
        _beats.Succeeded();
        _core.Availability.Answered();
        _events.Succeeded();
        if (_core.Time.GetElapsedTime(_startedAt) <= _core.Options.RequestTimeout)
        {
            // The tracker started the timeout when it received the start, which was not after this answer.
            Lifetime.Restart();
        }

        Open(grant, _core.Time.GetElapsedTime(sentAt));
        _created.TrySetResult(grant);
        Pulse();
    }

    private void OnNotCreated(Exception fault)
    {
        _core.Callbacks.Fault(Execution, fault);
        if (fault is not TrackerException { Transient: false } refusal)
        {
            _core.Availability.Failed();
            _events.Again(Pulse, Asked(fault));
            return;
        }

        _core.Availability.Answered();
        if (!_created.TrySetException(refusal))
        {
            return;
        }

        _ = _created.Task.Exception;
        if (refusal.Code is "already_claimed" or "already_finished")
        {
            Lifetime.Stop(refusal.Code == "already_claimed" ? StopReason.Fenced : StopReason.Stopped, refusal.Message);
        }

        Stop(refusal);
    }

    /// <param name="ago">Time since the request was sent that returned this grant.</param>
    private void Open(ExecutionGrant grant, TimeSpan ago)
    {
        (_grant, _token, Status) = (grant, grant.Token, grant.Status);
        if (grant.Status == ExecutionStatus.Paused)
        {
            _paused = _pauseIntended = true;
            Lifetime.Suspend();
        }

        Learn(grant.Lease);
        Lifetime.Touch(ago);
        _beat.Set(Period - ago);
    }
}
