namespace ExecutionGrains.Client.Reporting;

/// <content>Sends heartbeats and processes what every answer contains.</content>
internal sealed partial class Reporter
{
    private void OnBeat()
    {
        if (_stopped || _over || _beats.IsBusy)
        {
            return;
        }

        if (_grant is null)
        {
            CreateBeside();
            return;
        }

        if (!_closing && _batch.Count == 0 && _buffer.IsEmpty && !_owner.TryGetTarget(out _))
        {
            Stop();
            return;
        }

        Beat();
    }

    private void Beat()
    {
        if (_over)
        {
            return;
        }

        var said = Interlocked.Exchange(ref _progress, null);
        var sentAt = _core.Time.GetTimestamp();
        var report = new EventReport(Epoch, [new ExecutionEvent.Heartbeat { At = Now(), Progress = said }]);
        _beats.Call(ct => _core.Transport.ReportAsync(Execution, report, _token, ct), BeatTimeout, Beaten, Failed);

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

            _beats.Succeeded();
            Heard(reply, sentAt);
        }

        void Failed(Exception fault)
        {
            Interlocked.CompareExchange(ref _progress, said, null);
            _core.Callbacks.Fault(Execution, fault);
            if (fault is TrackerException { Transient: false })
            {
                _core.Availability.Answered();
                _beat.Set(Period);
                return;
            }

            _core.Availability.Failed();
            _beats.Again(Beat, pauseMax: fault is TimeoutException ? TimeSpan.Zero : Period / 4);
        }
    }

    /// <summary>Whether the reply has one answer for each event, with the same event ids.</summary>
    private static bool Answers(ReportReply reply, EventReport report) =>
        reply.Answer.Results.Length == report.Events.Length
        && reply.Answer.Results.Zip(report.Events).All(pair => pair.First.EventId is null || pair.First.EventId == pair.Second.EventId);

    /// <summary>Processes what every answer contains, both to events and to heartbeats.</summary>
    private void Heard(ReportReply reply, long sentAt)
    {
        _core.Availability.Answered();
        _token = reply.Token ?? _token;
        if (reply.Answer.Results.Any(answer => answer.Result == Result.Applied))
        {
            Learn(reply.Lease);
        }

        if (!reply.Answer.Results.All(answer => answer.Retryable || answer.Code == Code.StaleEpoch))
        {
            var ago = _core.Time.GetElapsedTime(sentAt);
            Lifetime.Touch(ago);
            if (Volatile.Read(ref _progress) is null)
            {
                _beat.Set(Period - ago);
            }
        }

        if (!_beats.IsBusy && !_beat.IsSet)
        {
            _beat.Set(Period);
        }

        // Answers to events and to heartbeats may overtake each other, so keep the newer status.
        if (reply.Answer.Version >= _version)
        {
            (_version, Status) = (reply.Answer.Version, reply.Answer.Status);
        }

        Obey(reply.Answer);
    }

    private void Obey(ReportAnswer answer)
    {
        var fenced = answer.Epoch > Epoch || answer.Results.Any(result => result.Code == Code.StaleEpoch);
        var finished = answer.Status >= ExecutionStatus.Succeeded;
        _over |= fenced || finished;
        if (_isEnding)
        {
            // The execution finished by our own end. A heartbeat's answer may say so before the answer to the end does.
            return;
        }

        if (fenced)
        {
            Lifetime.Stop(StopReason.Fenced, null);
        }
        else if (answer.Control.CancelRequested || answer.Status == ExecutionStatus.Cancelled)
        {
            Lifetime.Stop(StopReason.Cancelled, answer.Control.CancelReason);
        }
        else if (answer.Control.Stop || finished)
        {
            Lifetime.Stop(finished ? (answer.Status == ExecutionStatus.Lost ? StopReason.LeaseLost : StopReason.Stopped) : StopReason.Deadline, null);
        }
    }

    /// <summary>
    /// Adopts the lease of a claimed execution if it is shorter than the one known so far: the execution's creator chose it. An execution that this worker
    /// created keeps the lease that it asked for.
    /// </summary>
    private void Learn(TimeSpan? given)
    {
        if (_create is null && given is { } lease && (_lease is null || lease < _lease))
        {
            _lease = lease > LeaseMin ? lease : LeaseMin;
            Lifetime.Shorten(_lease.Value);
        }
    }
}
