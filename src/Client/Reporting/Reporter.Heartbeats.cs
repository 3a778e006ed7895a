namespace ExecutionGrains.Client.Reporting;

/// <content>Sends heartbeats and processes what every answer contains.</content>
internal sealed partial class Reporter
{
    private void OnHeartbeatDue()
    {
        if (_stopped || _finished || _heartbeatChannel.IsBusy)
        {
            return;
        }

        if (_grant is null)
        {
            RepeatCreate();
            return;
        }

        if (!_closing && _batch.Count == 0 && _buffer.IsEmpty && !_owner.TryGetTarget(out _))
        {
            Stop();
            return;
        }

        SendHeartbeat();
    }

    private void SendHeartbeat()
    {
        if (_finished)
        {
            return;
        }

        var said = Interlocked.Exchange(ref _progress, null);
        var sentAt = _context.Time.GetTimestamp();
        var report = new EventReport(Epoch, [new ExecutionEvent.Heartbeat { At = Now(), Progress = said }]);
        _heartbeatChannel.Call(ct => _context.Transport.ReportAsync(Execution, report, _token, ct), HeartbeatTimeout, Beaten, Failed);

        void Beaten(ReportReply reply)
        {
            if (!Answers(reply, report))
            {
                Failed(new TrackerException("The answer does not match the heartbeat that was sent.") { Transient = true });
                return;
            }

            if (reply.Answer.Results[0].Retryable)
            {
                Failed(new TrackerException("The tracker could not store the heartbeat.") { Transient = true });
                return;
            }

            _heartbeatChannel.Succeeded();
            ProcessReply(reply, sentAt);
        }

        void Failed(Exception fault)
        {
            Interlocked.CompareExchange(ref _progress, said, null);
            _context.Callbacks.Fault(Execution, fault);
            if (fault is TrackerException { Transient: false })
            {
                _context.Availability.Answered();
                _heartbeatTimer.Set(Period);
                return;
            }

            _context.Availability.Failed();
            _heartbeatChannel.ScheduleRetry(SendHeartbeat, pauseMax: fault is TimeoutException ? TimeSpan.Zero : Period / 4);
        }
    }

    /// <summary>Whether the reply has one answer for each event, with the same event ids.</summary>
    private static bool Answers(ReportReply reply, EventReport report) =>
        reply.Answer.Results.Length == report.Events.Length
        && reply.Answer.Results.Zip(report.Events).All(pair => pair.First.EventId is null || pair.First.EventId == pair.Second.EventId);

    /// <summary>Processes what every answer contains, both to events and to heartbeats.</summary>
    private void ProcessReply(ReportReply reply, long sentAt)
    {
        _context.Availability.Answered();
        _token = reply.Token ?? _token;
        if (reply.Answer.Results.Any(answer => answer.Result == Result.Applied))
        {
            AdoptShorterLease(reply.Lease);
        }

        if (!reply.Answer.Results.All(answer => answer.Retryable || answer.Code == Code.StaleEpoch))
        {
            var ago = _context.Time.GetElapsedTime(sentAt);
            StopSignal.RestartLease(ago);
            if (Volatile.Read(ref _progress) is null)
            {
                _heartbeatTimer.Set(Period - ago);
            }
        }

        if (!_heartbeatChannel.IsBusy && !_heartbeatTimer.IsSet)
        {
            _heartbeatTimer.Set(Period);
        }

        // Answers to events and to heartbeats may overtake each other, so keep the newer status.
        if (reply.Answer.Version >= _version)
        {
            (_version, Status) = (reply.Answer.Version, reply.Answer.Status);
        }

        ApplyControl(reply.Answer);
    }

    private void ApplyControl(ReportAnswer answer)
    {
        var fenced = answer.Epoch > Epoch || answer.Results.Any(result => result.Code == Code.StaleEpoch);
        var finished = answer.Status >= ExecutionStatus.Succeeded;
        _finished |= fenced || finished;
        if (_isEnding)
        {
            // The execution finished by our own end. A heartbeat's answer may say so before the answer to the end does.
            return;
        }

        if (fenced)
        {
            StopSignal.Stop(StopReason.Fenced, null);
        }
        else if (answer.Control.CancelRequested || answer.Status == ExecutionStatus.Cancelled)
        {
            StopSignal.Stop(StopReason.Cancelled, answer.Control.CancelReason);
        }
        else if (answer.Control.Stop || finished)
        {
            StopSignal.Stop(finished ? (answer.Status == ExecutionStatus.Lost ? StopReason.LeaseLost : StopReason.Finished) : StopReason.Deadline, null);
        }
    }

    /// <summary>
    /// Adopts the lease of a claimed execution if it is shorter than the one known so far: the execution's creator chose it. An execution that this worker
    /// created keeps the lease that it asked for.
    /// </summary>
    private void AdoptShorterLease(TimeSpan? given)
    {
        if (_create is null && given is { } lease && (_lease is null || lease < _lease))
        {
            _lease = lease > LeaseMin ? lease : LeaseMin;
            StopSignal.Shorten(_lease.Value);
        }
    }
}
