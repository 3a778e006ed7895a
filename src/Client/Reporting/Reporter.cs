namespace ExecutionGrains.Client.Reporting;

/// <summary>
/// Sends the start and the events of one execution. Events are sent in order, with one request in flight; each request contains the events queued so far.
/// Heartbeats are sent independently, with their own timeout, so that a request that hangs does not cost the lease. Everything runs on the tracker's
/// <see cref="Pump"/>; nothing here blocks.
/// </summary>
internal sealed partial class Reporter
{
    /// <summary>Approximate maximum size of the events in one request: 1 MiB. The tracker accepts 4 MiB.</summary>
    internal const int BatchBytesMax = 1 << 20;

    /// <summary>Maximum retry delay that the tracker may ask for: 1 min. A longer one is reduced to it.</summary>
    internal static readonly TimeSpan RetryAfterMax = TimeSpan.FromMinutes(1);

    /// <summary>Heartbeat period of an execution without a lease: 20 s, so that it learns of a cancel request.</summary>
    private static readonly TimeSpan PeriodWithoutLease = TimeSpan.FromSeconds(20);

    /// <summary>Maximum heartbeat period: 1 day, so that a cancel request is seen within a day even with a longer lease.</summary>
    private static readonly TimeSpan PeriodMax = TimeSpan.FromDays(1);

    /// <summary>The shortest lease that the tracker grants: 1 s.</summary>
    private static readonly TimeSpan LeaseMin = TimeSpan.FromSeconds(1);

    /// <summary>Number of failures of one request in a row, while others succeed, after which its content is suspected as the cause.</summary>
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

    /// <param name="owner">Referenced by every handle of the execution, and only weakly here. When no handle is left, nobody can end the execution, and the
    /// heartbeats stop.</param>
    /// <param name="create">The start to send; null if <paramref name="grant"/> is given.</param>
    /// <param name="grant">The grant of a claim; null for a start.</param>
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

    /// <summary>The current epoch; 0 until the tracker has accepted the start.</summary>
    public int Epoch => _grant?.Epoch ?? 0;

    /// <summary>Status in the last answer; <c>running</c> before the first.</summary>
    public ExecutionStatus Status { get; private set; } = ExecutionStatus.Running;

    /// <summary>The tracker's answer to the start. Faulted if the tracker refused it.</summary>
    public Task<ExecutionGrant> Created => _created.Task;

    /// <summary>Completes when nothing will be sent any more. Never faults.</summary>
    public Task Completion => _stoppedPromise.Task;

    /// <summary>Whether the last pause or resume written is a pause that was not refused.</summary>
    public bool PauseIntended => _pauseIntended;

    public TrackerCore Core => _core;

    private TimeSpan Period => _lease is not { } lease ? PeriodWithoutLease : lease / 3 < PeriodMax ? lease / 3 : PeriodMax;

    /// <summary>Timeout of one heartbeat: at most a quarter of the lease.</summary>
    private TimeSpan BeatTimeout => Shorter(_core.Options.RequestTimeout, _lease / 4 ?? PeriodWithoutLease / 4);

    public DateTimeOffset Now() => _core.Time.GetUtcNow().ToMicroseconds();

    public string NewId() => Guid.CreateVersion7(_core.Time.GetUtcNow()).ToString();

    /// <summary>Sets the progress for the next heartbeat, or for the end. Only the last value is kept.</summary>
    public void Report(Progress value) => Volatile.Write(ref _progress, value);

    public void Start() => Wake();

    /// <summary>Queues a log line, or drops it if the buffer is full. Never waits. After the end it is only counted as abandoned.</summary>
    public void Log(PendingEvent line) => Wrote([line], _buffer.AddLog(line));

    /// <summary>Queues an event; waits for room up to <see cref="TrackerOptions.AnswerWait"/>. After the end it is only counted as abandoned.</summary>
    public async ValueTask WriteAsync(PendingEvent pending, CancellationToken cancellationToken) =>
        Wrote([pending], await _buffer.AddAsync(pending, cancellationToken).ConfigureAwait(false));

    /// <summary>Queues an event immediately, regardless of the buffer's limit. For events whose answer a caller waits for.</summary>
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

    /// <summary>Accepts no more events, sends those that are queued, then <paramref name="final"/>, then stops. Null: stops without an end.</summary>
    /// <param name="unlessPaused">Omits the end if the execution is paused by then.</param>
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

    /// <summary>Withdraws the start: no work has run. If the tracker may have received the start, <paramref name="final"/> ends it.</summary>
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

    /// <summary>Accepts no more events, and stops when every queued event is answered, including a queued end.</summary>
    public void Drain()
    {
        _buffer.Close();
        _core.Pump.Post(() =>
        {
            _closing = true;
            Pulse();
        });
    }

    /// <summary>Stops now and abandons all unsent events.</summary>
    public void StopNow() => _core.Pump.Post(Stop);

    /// <summary>Ends all retry delays, because the tracker is available again.</summary>
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

    /// <summary>Sends the next request, or stops if there is nothing left to send. Does nothing while a request is in flight.</summary>
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

    private void NextBatch()
    {
        _taken = _buffer.Take(Math.Min(_core.Options.BatchMax, 9_998), BatchBytesMax);
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
            var count = report.Events.Length;
            OnFailed(count, new TrackerException($"The answer does not match the {count} events that were sent.") { Transient = true });
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

    /// <summary>Processes the answers. Events to retry stay at the front of the batch. True if a retry delay is needed.</summary>
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
            // The end is stored, so events that were reported before it are late now and need not be sent.
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

    /// <summary>Whether the content of this request is a likely cause of its failures: it fails repeatedly while other requests succeed.</summary>
    private bool IsSuspect(Exception fault)
    {
        var answers = _core.Availability.Answers;
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

    /// <summary>Reduces the next request: fewer events, or a smaller form of the only one. False if it cannot be reduced further.</summary>
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
        if (_created.TrySetException(because ?? new TrackerException("The start was not sent: reporting of this execution has stopped.")))
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

            var fault = because as TrackerException ?? new TrackerException("The event was not sent: reporting of this execution has stopped.", because);
            if (pending.Waiter?.TrySetException(fault) == true)
            {
                // Read the exception, so that it counts as observed if no caller waits.
                _ = pending.Waiter.Task.Exception;
            }
        }
    }

    private PendingEvent Dropped(int count) => new(new ExecutionEvent.Log
    {
        EventId = NewId(),
        At = Now(),
        Level = Severity.Warn,
        Message = $"{count} log {(count == 1 ? "line was" : "lines were")} dropped here: the worker's buffer was full.",
    });

    /// <summary>Retry delay that the tracker asked for, at most <see cref="RetryAfterMax"/>; null if it asked for none.</summary>
    public static TimeSpan? Asked(Exception? fault) =>
        fault is TrackerException { RetryAfter: { } wait } && wait > TimeSpan.Zero ? Shorter(wait, RetryAfterMax) : null;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static List<PendingEvent> Listed(PendingEvent? one) => one is null ? [] : [one];
}
