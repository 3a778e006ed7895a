namespace ExecutionGrains.Client.Reporting;

/// <content>Sends batches of events, and processes the answers to them.</content>
internal sealed partial class Reporter
{
    /// <summary>Approximate maximum size of the events in one request: 1 MiB. The tracker accepts 4 MiB.</summary>
    internal const int BatchBytesMax = 1 << 20;

    /// <summary>Number of failures of one request in a row, while others succeed, after which its content is suspected as the cause.</summary>
    private const int SuspectAfter = 8;

    private List<PendingEvent> _batch = [];
    private List<PendingEvent> _taken = [];
    private int _portion = int.MaxValue;
    private int _suspicion;
    private long _answersBefore;

    /// <summary>Sends the next request, or stops if there is nothing left to send. Does nothing while a request is in flight.</summary>
    private void SendNext()
    {
        if (_stopped || _eventChannel.IsBusy)
        {
            return;
        }

        if (_grant is null)
        {
            Create();
            return;
        }

        if (_batch.Count == 0)
        {
            NextBatch();
        }

        if (_batch.Count > 0)
        {
            Send();
        }
        else if (_closing && _buffer.IsEmpty && _end is null)
        {
            Stop();
        }
    }

    private void NextBatch()
    {
        _taken = _buffer.Take(Math.Min(_context.Options.BatchSizeMax, 9_998), BatchBytesMax);
        _batch = [.. _taken];
        if (!_closing || _batch.Count > 0 || _end is not { } end)
        {
            // The end is sent on its own after all earlier events are answered. If it were stored first, an earlier event that must be retried would be late.
            return;
        }

        _end = null;
        if (_endUnlessPaused && _paused)
        {
            return;
        }

        if (Interlocked.Exchange(ref _progress, null) is { } said)
        {
            _batch.Add(new PendingEvent(new ExecutionEvent.Heartbeat { At = Now(), Progress = said }));
        }

        _isEnding = true;
        _batch.Add(end);
    }

    private void Send()
    {
        var count = Math.Min(_portion, _batch.Count);
        var sentAt = _context.Time.GetTimestamp();
        var report = new EventReport(Epoch, [.. _batch.Take(count).Select(pending => pending.Event)]);
        _eventChannel.Call(
            ct => _context.Transport.ReportAsync(Execution, report, _token, ct),
            _context.Options.RequestTimeout,
            reply => OnAnswered(report, reply, sentAt),
            fault => OnFailed(count, fault));
    }

    private void OnAnswered(EventReport report, ReportReply reply, long sentAt)
    {
        if (!Answers(reply, report))
        {
            var count = report.Events.Length;
            OnFailed(count, new TrackerException($"The answer does not match the {count} events that were sent.") { Transient = true });
            return;
        }

        _eventChannel.Succeeded();
        (_suspicion, _portion) = (0, (int)Math.Min(int.MaxValue, _portion * 2L));
        ProcessReply(reply, sentAt);
        var again = CompleteEvents(reply.Answer.Results);
        if (_batch.Count == 0)
        {
            _buffer.Release(_taken);
            _taken = [];
        }

        if (again)
        {
            _eventChannel.ScheduleRetry(SendNext);
        }
        else
        {
            SendNext();
        }
    }

    /// <summary>Processes the answers. Events to retry stay at the front of the batch. True if a retry delay is needed.</summary>
    private bool CompleteEvents(EventAnswer[] answers)
    {
        List<PendingEvent> left = [];
        var again = false;
        for (var i = 0; i < answers.Length; i++)
        {
            var (pending, answer) = (_batch[i], answers[i]);
            if (answer.Retryable)
            {
                again = true;
                left.Add(pending);
                continue;
            }

            if (Reduction.IsRefusedForContent(answer) && Reduction.WithoutPayload(pending) is { } bare)
            {
                left.Add(bare);
            }
            else
            {
                CompleteEvent(pending, answer);
            }

            if (pending.Event is not ExecutionEvent.Heartbeat)
            {
                _context.Counters.CountAnswer(answer);
                _context.Callbacks.Answer(Execution, pending.Event, answer);
            }
        }

        if (left.All(pending => pending.Event is ExecutionEvent.Heartbeat))
        {
            // The end is stored, so events that were reported before it are late now and need not be sent.
            (left, again) = ([], false);
        }

        _batch = [.. left, .. _batch[answers.Length..]];
        return again;
    }

    private void CompleteEvent(PendingEvent pending, EventAnswer answer)
    {
        var done = answer.Result is Result.Applied or Result.Duplicate;
        if (pending.Event is ExecutionEvent.ExecutionPaused)
        {
            _paused |= done;
            if (done)
            {
                StopSignal.Suspend();
            }
            else
            {
                _pauseIntended = _paused;
                StopSignal.RestoreDeadline();
            }
        }
        else if (pending.Event is ExecutionEvent.ExecutionResumed && done)
        {
            _paused = false;
            StopSignal.Restart();
        }

        pending.Waiter?.TrySetResult(answer);
    }

    private void OnFailed(int count, Exception fault)
    {
        _context.Callbacks.Fault(Execution, fault);
        var refusal = fault as TrackerException;
        if (refusal is { Transient: false })
        {
            OnRefused(refusal, count);
            return;
        }

        _context.Availability.Failed();
        if (refusal?.Status == 413 || IsSuspect(fault))
        {
            Shrink(count);
            _suspicion = 0;
        }
        else if (fault is TimeoutException)
        {
            _portion = Math.Max(1, count / 2);
        }

        _eventChannel.ScheduleRetry(SendNext, RequestedDelay(fault));
    }

    /// <summary>Whether the content of this request is a likely cause of its failures: it fails repeatedly while other requests succeed.</summary>
    private bool IsSuspect(Exception fault)
    {
        var answers = _context.Availability.Answers;
        if (_suspicion == 0)
        {
            _answersBefore = answers;
        }

        // A connection failure says nothing about the content.
        _suspicion += fault is TrackerException { Status: null } ? 0 : 1;
        return _suspicion >= SuspectAfter && answers - _answersBefore >= SuspectAfter / 2;
    }

    /// <summary>Handles a permanent refusal: reduces the request if its content was refused, otherwise abandons its events.</summary>
    private void OnRefused(TrackerException refusal, int count)
    {
        _context.Availability.Answered();
        if (!Reduction.IsRefusedForContent(refusal) || !Shrink(count))
        {
            Abandon(_batch[..count], refusal);
            _batch = _batch[count..];
        }

        if (_batch.Count == 0)
        {
            _buffer.Release(_taken);
            _taken = [];
        }

        SendNext();
    }

    /// <summary>Reduces the next request: fewer events, or a smaller form of the only one. False if it cannot be reduced further.</summary>
    private bool Shrink(int count)
    {
        if (count > 1)
        {
            _portion = count / 2;
            return true;
        }

        if ((Reduction.Shrink(_batch[0]) ?? Reduction.ReplaceLogText(_batch[0])) is not { } smaller)
        {
            return false;
        }

        _batch[0] = smaller;
        return true;
    }
}
