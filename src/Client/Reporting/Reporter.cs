namespace ExecutionGrains.Client.Reporting;

/// <summary>
/// Sends what one execution reports. Its start, then its events: in order, one request in flight, as many events in it as have gathered. Heartbeats go
/// beside them with a time-out of their own, so that nothing which hangs costs a lease. All of it runs on the tracker's <see cref="Pump"/>; nothing here waits.
/// </summary>
internal sealed class Reporter
{
    /// <summary>Most bytes of events in a request, about; the tracker takes 4 MiB.</summary>
    internal const int BatchBytesMax = 1 << 20;

    /// <summary>Longest wait that a tracker may ask for.</summary>
    internal static readonly TimeSpan RetryAfterMax = TimeSpan.FromMinutes(1);

    /// <summary>How often an execution without a lease is heard of, so that it learns of a cancel.</summary>
    private static readonly TimeSpan PeriodWithoutLease = TimeSpan.FromSeconds(20);

    /// <summary>However long the lease: a cancel is heard of within a day.</summary>
    private static readonly TimeSpan PeriodMax = TimeSpan.FromDays(1);

    /// <summary>The shortest lease that there is.</summary>
    private static readonly TimeSpan LeaseMin = TimeSpan.FromSeconds(1);

    /// <summary>Failures in a row of one request, while others get through, after which its content is suspected.</summary>
    private const int SuspectAfter = 8;

    private readonly TrackerCore _core;
    private readonly EventBuffer _buffer;
    private readonly WeakReference<object> _owner;
    private readonly CreateExecution? _create;
    private readonly TaskCompletionSource<ExecutionGrant> _created;
    private readonly TaskCompletionSource<bool> _stoppedPromise;
    private readonly Lane _events;
    private readonly Lane _beats;
    private readonly Pump.Alarm _beat;
    private readonly long _startedAt;
    private TimeSpan? _lease;
    private ExecutionGrant? _grant;
    private List<PendingEvent> _batch = [];
    private List<PendingEvent> _taken = [];
    private int _portion = int.MaxValue;
    private int _suspicion;
    private long _answersBefore;
    private PendingEvent? _end;
    private bool _endUnlessPaused;
    private Progress? _progress;
    private string? _token;
    private long _version = -1;
    private int _woken;
    private int _createCount;
    private bool _paused;
    private bool _over;
    private bool _isEnding;
    private bool _closing;
    private bool _stopped;
    private volatile bool _pauseIntended;

    /// <param name="owner">Held by every handle of the execution, and weakly here: when none is left, nobody can end it any more and the heartbeats stop.</param>
    /// <param name="create">The start that is still to be reported; null where there is a grant.</param>
    /// <param name="grant">What a claim was given.</param>
    public Reporter(TrackerCore core, ExecutionId execution, object owner, TimeSpan? timeout, TimeSpan? lease, CreateExecution? create, ExecutionGrant? grant)
    {
        (_core, Execution, _owner, _lease, _create) = (core, execution, new(owner), lease, create);
        _buffer = new EventBuffer(core, Dropped);
        _created = core.Promise<ExecutionGrant>();
        _stoppedPromise = core.Promise<bool>();
        _events = new Lane(core, Period);
        _beats = new Lane(core, Period / 2);
        _beat = core.Pump.CreateAlarm(OnBeat);
        _startedAt = core.Time.GetTimestamp();
        Lifetime = new Lifetime(core, timeout, lease);
        if (grant is not null)
        {
            Open(grant, TimeSpan.Zero);
        }
    }

    public ExecutionId Execution { get; }

    public Lifetime Lifetime { get; }

    /// <summary>0 while the tracker has not answered the start.</summary>
    public int Epoch => _grant?.Epoch ?? 0;

    /// <summary>As the last answer had it.</summary>
    public ExecutionStatus Status { get; private set; } = ExecutionStatus.Running;

    /// <summary>The tracker's answer to the start; faulted where it refused.</summary>
    public Task<ExecutionGrant> Created => _created.Task;

    /// <summary>Never faults. Done when nothing will be sent any more.</summary>
    public Task Completion => _stoppedPromise.Task;

    /// <summary>The last pause or resume that was written is a pause, and nobody refused it.</summary>
    public bool PauseIntended => _pauseIntended;

    public TrackerCore Core => _core;

    private TimeSpan Period => _lease is not { } lease ? PeriodWithoutLease : lease / 3 < PeriodMax ? lease / 3 : PeriodMax;

    /// <summary>Three of them fit into a lease after the heartbeat was due.</summary>
    private TimeSpan BeatTimeout => Shorter(_core.Options.RequestTimeout, _lease / 4 ?? PeriodWithoutLease / 4);

    public DateTimeOffset Now() => _core.Time.GetUtcNow().ToMicroseconds();

    public string NewId() => Guid.CreateVersion7(_core.Time.GetUtcNow()).ToString();

    /// <summary>Goes with the next heartbeat, or before the end. The last one wins.</summary>
    public void Report(Progress value) => Volatile.Write(ref _progress, value);

    public void Start() => Wake();

    /// <summary>Queues a log line, or drops it. Never waits. After the end it is only counted.</summary>
    public void Log(PendingEvent line) => Wrote([line], _buffer.AddLog(line));

    /// <summary>Queues an event; waits for room for a while. After the end it is only counted.</summary>
    public async ValueTask WriteAsync(PendingEvent pending, CancellationToken cancellationToken) =>
        Wrote([pending], await _buffer.AddAsync(pending, cancellationToken).ConfigureAwait(false));

    /// <summary>Queues an event whose answer somebody waits for, at once.</summary>
    public void WriteNow(PendingEvent pending)
    {
        if (pending.Event is ExecutionEvent.ExecutionPaused or ExecutionEvent.ExecutionResumed)
        {
            _pauseIntended = pending.Event is ExecutionEvent.ExecutionPaused;
            if (PauseIntended)
            {
                Lifetime.Suspend();
            }
        }

        Wrote([pending], _buffer.AddNow(pending));
    }

    /// <summary>Takes nothing more, sends what there is, then <paramref name="final"/> as the last; null: stops without an end.</summary>
    /// <param name="unlessPaused">There is no end if the execution turns out to be paused.</param>
    public void Close(PendingEvent? final, bool unlessPaused = false)
    {
        _buffer.Close();
        var closing = _core.Pump.Post(() =>
        {
            if (_stopped)
            {
                Abandon(Listed(final));
                return;
            }

            (_end, _endUnlessPaused, _closing) = (final, unlessPaused, true);
            Pulse();
        });
        if (!closing)
        {
            Abandon(Listed(final));
        }
    }

    /// <summary>The start is taken back: nothing ran. What the tracker may have taken of it is ended.</summary>
    public void Withdraw(PendingEvent final) => _core.Pump.Post(() =>
    {
        if (_grant is null && _createCount == 0)
        {
            Stop();
        }
        else if (!_stopped)
        {
            _buffer.Close();
            (_end, _closing) = (final, true);
            Pulse();
        }
    });

    /// <summary>Takes nothing more, and stops when everything that was written is answered; an end that is on its way included.</summary>
    public void Drain()
    {
        _buffer.Close();
        _core.Pump.Post(() =>
        {
            _closing = true;
            Pulse();
        });
    }

    /// <summary>Gives up whatever is unsent.</summary>
    public void StopNow() => _core.Pump.Post(Stop);

    /// <summary>The tracker answers again.</summary>
    public void Hurry()
    {
        _events.Hurry();
        _beats.Hurry();
    }

    private void Wrote(List<PendingEvent> events, bool added)
    {
        if (added)
        {
            Wake();
        }
        else
        {
            Abandon(events);
        }
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _woken, 1) == 0)
        {
            _core.Pump.Post(() =>
            {
                Volatile.Write(ref _woken, 0);
                Pulse();
            });
        }
    }

    /// <summary>Does the next thing that there is to do.</summary>
    private void Pulse()
    {
        if (_stopped || _events.IsBusy)
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
    /// The tracker may have taken a start whose answer hangs or was lost. Repeated, a start is a sign of life; so it is repeated as a heartbeat is, beside the one that hangs.
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
            // The tracker's time began when it was told: not after this answer.
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

    /// <param name="ago">When the request was sent that got this grant.</param>
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

    private void NextBatch()
    {
        _taken = _buffer.Take(Math.Min(_core.Options.BatchMax, 9_998), BatchBytesMax);
        _batch = [.. _taken];
        if (!_closing || _batch.Count > 0 || _end is not { } end)
        {
            // The end goes alone, when everything before it is answered: an event that the tracker asks to send again would come too late.
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
        var sentAt = _core.Time.GetTimestamp();
        var report = new EventReport(Epoch, [.. _batch.Take(count).Select(pending => pending.Event)]);
        _events.Call(
            ct => _core.Transport.ReportAsync(Execution, report, _token, ct),
            _core.Options.RequestTimeout,
            reply => OnAnswered(report, reply, sentAt),
            fault => OnFailed(count, fault));
    }

    private void OnAnswered(EventReport report, ReportReply reply, long sentAt)
    {
        if (!Answers(reply, report))
        {
            OnFailed(report.Events.Length, new TrackerException($"The answer does not fit the {report.Events.Length} events that were sent.") { Transient = true });
            return;
        }

        _events.Succeeded();
        (_suspicion, _portion) = (0, (int)Math.Min(int.MaxValue, _portion * 2L));
        Heard(reply, sentAt);
        var again = Settle(reply.Answer.Results);
        if (_batch.Count == 0)
        {
            _buffer.Release(_taken);
            _taken = [];
        }

        if (again)
        {
            _events.Again(Pulse);
        }
        else
        {
            Pulse();
        }
    }

    /// <summary>Hands the answers out. What is to be sent again stays in the batch, before everything newer. True: after a pause.</summary>
    private bool Settle(EventAnswer[] answers)
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

            if (Reduction.Refused(answer) && Reduction.Bare(pending) is { } bare)
            {
                left.Add(bare);
            }
            else
            {
                Settle(pending, answer);
            }

            if (pending.Event is not ExecutionEvent.Heartbeat)
            {
                _core.Counters.CountAnswer(answer);
                _core.Callbacks.Answer(Execution, pending.Event, answer);
            }
        }

        if (left.All(pending => pending.Event is ExecutionEvent.Heartbeat))
        {
            // The progress of before the end, which has landed: nothing waits for that.
            (left, again) = ([], false);
        }

        _batch = [.. left, .. _batch[answers.Length..]];
        return again;
    }

    private void Settle(PendingEvent pending, EventAnswer answer)
    {
        var done = answer.Result is Result.Applied or Result.Duplicate;
        if (pending.Event is ExecutionEvent.ExecutionPaused)
        {
            _paused |= done;
            if (done)
            {
                Lifetime.Suspend();
            }
            else
            {
                _pauseIntended = _paused;
                Lifetime.GoOn();
            }
        }
        else if (pending.Event is ExecutionEvent.ExecutionResumed && done)
        {
            _paused = false;
            Lifetime.Restart();
        }

        pending.Waiter?.TrySetResult(answer);
    }

    private void OnFailed(int count, Exception fault)
    {
        _core.Callbacks.Fault(Execution, fault);
        var refusal = fault as TrackerException;
        if (refusal is { Transient: false })
        {
            OnRefused(refusal, count);
            return;
        }

        _core.Availability.Failed();
        if (refusal?.Status == 413 || IsSuspect(fault))
        {
            Shrink(count);
            _suspicion = 0;
        }
        else if (fault is TimeoutException)
        {
            _portion = Math.Max(1, count / 2);
        }

        _events.Again(Pulse, Asked(fault));
    }

    /// <summary>Where others get through again and again, it may be what this request holds that does not.</summary>
    private bool IsSuspect(Exception fault)
    {
        var answers = _core.Availability.Answers;
        if (_suspicion == 0)
        {
            _answersBefore = answers;
        }

        // A connection that cannot be made says nothing of what would have been sent over it.
        _suspicion += fault is TrackerException { Status: null } ? 0 : 1;
        return _suspicion >= SuspectAfter && answers - _answersBefore >= SuspectAfter / 2;
    }

    /// <summary>The tracker does not take this request, and never will.</summary>
    private void OnRefused(TrackerException refusal, int count)
    {
        _core.Availability.Answered();
        if (!Reduction.Refused(refusal) || !Shrink(count))
        {
            Abandon(_batch[..count], refusal);
            _batch = _batch[count..];
        }

        if (_batch.Count == 0)
        {
            _buffer.Release(_taken);
            _taken = [];
        }

        Pulse();
    }

    /// <summary>Fewer events in the next request, or less of the only one. False: it is as small as it gets.</summary>
    private bool Shrink(int count)
    {
        if (count > 1)
        {
            _portion = count / 2;
            return true;
        }

        if ((Reduction.Smaller(_batch[0]) ?? Reduction.Line(_batch[0])) is not { } smaller)
        {
            return false;
        }

        _batch[0] = smaller;
        return true;
    }

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
                Failed(new TrackerException("The answer does not fit the heartbeat that was sent.") { Transient = true });
                return;
            }

            if (reply.Answer.Results[0].Retryable)
            {
                Failed(new TrackerException("The heartbeat could not be stored.") { Transient = true });
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

    /// <summary>As many answers as events, and for these.</summary>
    private static bool Answers(ReportReply reply, EventReport report) =>
        reply.Answer.Results.Length == report.Events.Length
        && reply.Answer.Results.Zip(report.Events).All(pair => pair.First.EventId is null || pair.First.EventId == pair.Second.EventId);

    /// <summary>What every answer says, to events and heartbeats alike.</summary>
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

        // The two kinds of requests may overtake each other.
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
            // Finished by our own end, which the answer to a heartbeat may tell before the end's.
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

    /// <summary>The tracker gives a claimed execution a shorter lease than the claimer knew: it was created with one. What this worker created itself has the lease that it said.</summary>
    private void Learn(TimeSpan? given)
    {
        if (_create is null && given is { } lease && (_lease is null || lease < _lease))
        {
            _lease = lease > LeaseMin ? lease : LeaseMin;
            Lifetime.Shorten(_lease.Value);
        }
    }

    private void Stop() => Stop(null);

    private void Stop(TrackerException? because)
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        _events.Stop();
        _beats.Stop();
        _beat.Clear();
        _buffer.Close();
        Lifetime.Dispose();
        Abandon(_batch, because);
        _buffer.Release(_taken);
        var rest = _buffer.Take(int.MaxValue, long.MaxValue);
        Abandon(rest, because);
        _buffer.Release(rest);
        Abandon(Listed(_end), because);
        (_batch, _taken, _end) = ([], [], null);
        _core.Live.TryRemove(new(Execution, this));
        if (_created.TrySetException(because ?? new TrackerException("The start was not reported: nothing is sent any more.")))
        {
            _ = _created.Task.Exception;
        }

        _stoppedPromise.TrySetResult(true);
    }

    private void Abandon(List<PendingEvent> events, Exception? because = null)
    {
        foreach (var pending in events)
        {
            if (pending.Event is not ExecutionEvent.Heartbeat)
            {
                _core.Counters.CountAbandoned(1);
            }

            if (pending.Waiter?.TrySetException(because as TrackerException ?? new TrackerException("The event was not reported: nothing is sent any more.", because)) == true)
            {
                // Looked at here, so that it counts as observed where nobody waits any more.
                _ = pending.Waiter.Task.Exception;
            }
        }
    }

    private PendingEvent Dropped(int count) => new(new ExecutionEvent.Log
    {
        EventId = NewId(),
        At = Now(),
        Level = LogLevel.Warn,
        Message = $"{count} log {(count == 1 ? "line was" : "lines were")} dropped here: the worker's buffer was full.",
    });

    /// <summary>What the tracker asked to wait; null: it did not.</summary>
    public static TimeSpan? Asked(Exception? fault) =>
        fault is TrackerException { RetryAfter: { } wait } && wait > TimeSpan.Zero ? Shorter(wait, RetryAfterMax) : null;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static List<PendingEvent> Listed(PendingEvent? one) => one is null ? [] : [one];
}
