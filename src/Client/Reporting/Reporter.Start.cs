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
        var sentAt = _context.Time.GetTimestamp();
        _eventChannel.Call(
            ct => _context.Transport.CreateAsync(Execution, _create!, ct),
            _context.Options.RequestTimeout,
            grant => OnCreated(grant, sentAt),
            OnNotCreated);
        if (!_heartbeatChannel.IsBusy && !_heartbeatTimer.IsSet)
        {
            _heartbeatTimer.Set(Period);
        }
    }

    /// <summary>
    /// Repeats a start beside one that hangs. The tracker may have accepted the first one although its answer hangs or was lost. A repeated start then counts
    /// as a sign of life, so it is sent as often as a heartbeat.
    /// </summary>
    private void RepeatCreate()
    {
        var sentAt = _context.Time.GetTimestamp();
        _heartbeatChannel.Call(
            ct => _context.Transport.CreateAsync(Execution, _create!, ct),
            HeartbeatTimeout,
            grant => OnCreated(grant, sentAt),
            fault =>
            {
                if (fault is TrackerException { Transient: false })
                {
                    OnNotCreated(fault);
                    return;
                }

                _context.Callbacks.Fault(Execution, fault);
                _context.Availability.Failed();
                _heartbeatChannel.ScheduleRetry(RepeatCreate, pauseMax: Period / 2);
            });
    }

    private void OnCreated(ExecutionGrant grant, long sentAt)
    {
        _eventChannel.Stop();
        _heartbeatChannel.Stop();
        _heartbeatChannel.Succeeded();
        _context.Availability.Answered();
        _eventChannel.Succeeded();
        if (_context.Time.GetElapsedTime(_startedAt) <= _context.Options.RequestTimeout)
        {
            // The tracker started the timeout when it received the start, which was not after this answer.
            StopSignal.Restart();
        }

        AcceptGrant(grant, _context.Time.GetElapsedTime(sentAt));
        _created.TrySetResult(grant);
        SendNext();
    }

    private void OnNotCreated(Exception fault)
    {
        _context.Callbacks.Fault(Execution, fault);
        if (fault is not TrackerException { Transient: false } refusal)
        {
            _context.Availability.Failed();
            _eventChannel.ScheduleRetry(SendNext, RequestedDelay(fault));
            return;
        }

        _context.Availability.Answered();
        if (!_created.TrySetException(refusal))
        {
            return;
        }

        _ = _created.Task.Exception;
        if (refusal.Code is "already_claimed" or "already_finished")
        {
            StopSignal.Stop(refusal.Code == "already_claimed" ? StopReason.Fenced : StopReason.Finished, refusal.Message);
        }

        Stop(refusal);
    }

    /// <param name="ago">Time since the request was sent that returned this grant.</param>
    private void AcceptGrant(ExecutionGrant grant, TimeSpan ago)
    {
        (_grant, _token, Status) = (grant, grant.Token, grant.Status);
        if (grant.Status == ExecutionStatus.Paused)
        {
            _paused = _pauseIntended = true;
            StopSignal.Suspend();
        }

        AdoptShorterLease(grant.Lease);
        StopSignal.RestartLease(ago);
        _heartbeatTimer.Set(Period - ago);
    }
}
