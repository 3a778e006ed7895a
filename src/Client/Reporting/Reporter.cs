namespace ExecutionGrains.Client.Reporting;

/// <summary>
/// Sends the start and the events of one execution. Events are sent in order, with one request in flight; each request contains the events queued so far.
/// Heartbeats are sent independently, with their own timeout, so that a request that hangs does not cost the lease. Everything runs on the tracker's
/// <see cref="EventLoop"/>; nothing here blocks.
/// </summary>
internal sealed partial class Reporter
{
    /// <summary>Maximum retry delay that the tracker may ask for: 1 min. A longer one is reduced to it.</summary>
    internal static readonly TimeSpan RetryAfterMax = TimeSpan.FromMinutes(1);

    /// <summary>Heartbeat period of an execution without a lease: 20 s, so that it learns of a cancel request.</summary>
    private static readonly TimeSpan PeriodWithoutLease = TimeSpan.FromSeconds(20);

    /// <summary>Maximum heartbeat period: 1 day, so that a cancel request is seen within a day even with a longer lease.</summary>
    private static readonly TimeSpan PeriodMax = TimeSpan.FromDays(1);

    /// <summary>The shortest lease that the tracker grants: 1 s.</summary>
    private static readonly TimeSpan LeaseMin = TimeSpan.FromSeconds(1);

    private readonly TrackerContext _context;
    private readonly EventBuffer _buffer;
    private readonly WeakReference<object> _owner;
    private readonly CreateExecution? _create;
    private readonly TaskCompletionSource<ExecutionGrant> _created;
    private readonly TaskCompletionSource<bool> _completion;
    private readonly RequestChannel _eventChannel;
    private readonly RequestChannel _heartbeatChannel;
    private readonly EventLoop.LoopTimer _heartbeatTimer;
    private readonly long _startedAt;
    private TimeSpan? _lease;
    private ExecutionGrant? _grant;
    private PendingEvent? _end;
    private bool _endUnlessPaused;
    private Progress? _progress;
    private string? _token;
    private long _version = -1;
    private int _woken;
    private int _createCount;
    private bool _paused;
    private bool _finished;
    private bool _isEnding;
    private bool _closing;
    private bool _stopped;
    private volatile bool _pauseIntended;

    /// <param name="owner">Referenced by every handle of the execution, and only weakly here. When no handle is left, nobody can end the execution, and the
    /// heartbeats stop.</param>
    /// <param name="create">The start to send; null if <paramref name="grant"/> is given.</param>
    /// <param name="grant">The grant of a claim; null for a start.</param>
    public Reporter(
        TrackerContext context, ExecutionId execution, object owner, TimeSpan? timeout, TimeSpan? lease, CreateExecution? create, ExecutionGrant? grant)
    {
        (_context, Execution, _owner, _lease, _create) = (context, execution, new(owner), lease, create);
        _buffer = new EventBuffer(context, Dropped);
        _created = context.CreateCompletionSource<ExecutionGrant>();
        _completion = context.CreateCompletionSource<bool>();
        _eventChannel = new RequestChannel(context, Period);
        _heartbeatChannel = new RequestChannel(context, Period / 2);
        _heartbeatTimer = context.EventLoop.CreateTimer(OnHeartbeatDue);
        _startedAt = context.Time.GetTimestamp();
        StopSignal = new StopSignal(context, timeout, lease);
        if (grant is not null)
        {
            AcceptGrant(grant, TimeSpan.Zero);
        }
    }

    public ExecutionId Execution { get; }

    public StopSignal StopSignal { get; }

    /// <summary>The current epoch; 0 until the tracker has accepted the start.</summary>
    public int Epoch => _grant?.Epoch ?? 0;

    /// <summary>Status in the last answer; <c>running</c> before the first.</summary>
    public ExecutionStatus Status { get; private set; } = ExecutionStatus.Running;

    /// <summary>The tracker's answer to the start. Faulted if the tracker refused it.</summary>
    public Task<ExecutionGrant> Created => _created.Task;

    /// <summary>Completes when nothing will be sent any more. Never faults.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Whether the last pause or resume written is a pause that was not refused.</summary>
    public bool PauseIntended => _pauseIntended;

    public TrackerContext Context => _context;

    private TimeSpan Period => _lease is not { } lease ? PeriodWithoutLease : lease / 3 < PeriodMax ? lease / 3 : PeriodMax;

    /// <summary>Timeout of one heartbeat: at most a quarter of the lease.</summary>
    private TimeSpan HeartbeatTimeout => Shorter(_context.Options.RequestTimeout, _lease / 4 ?? PeriodWithoutLease / 4);

    public DateTimeOffset Now() => _context.Time.GetUtcNow().ToMicroseconds();

    public string NewId() => Guid.CreateVersion7(_context.Time.GetUtcNow()).ToString();

    /// <summary>Sets the progress for the next heartbeat, or for the end. Only the last value is kept.</summary>
    public void Report(Progress value) => Volatile.Write(ref _progress, value);

    public void Start() => Wake();

    /// <summary>Queues a log line, or drops it if the buffer is full. Never waits. After the end it is only counted as abandoned.</summary>
    public void Log(PendingEvent line) => OnWritten([line], _buffer.AddLog(line));

    /// <summary>Queues an event; waits for room up to <see cref="TrackerOptions.AnswerTimeout"/>. After the end it is only counted as abandoned.</summary>
    public async ValueTask WriteAsync(PendingEvent pending, CancellationToken cancellationToken) =>
        OnWritten([pending], await _buffer.AddAsync(pending, cancellationToken).ConfigureAwait(false));

    /// <summary>Queues an event immediately, regardless of the buffer's limit. For events whose answer a caller waits for.</summary>
    public void WriteNow(PendingEvent pending)
    {
        if (pending.Event is ExecutionEvent.ExecutionPaused or ExecutionEvent.ExecutionResumed)
        {
            _pauseIntended = pending.Event is ExecutionEvent.ExecutionPaused;
            if (PauseIntended)
            {
                StopSignal.Suspend();
            }
        }

        OnWritten([pending], _buffer.AddRegardless(pending));
    }

    /// <summary>Accepts no more events, sends those that are queued, then <paramref name="final"/>, then stops. Null: stops without an end.</summary>
    /// <param name="unlessPaused">Omits the end if the execution is paused by then.</param>
    public void Close(PendingEvent? final, bool unlessPaused = false)
    {
        _buffer.Close();
        var closing = _context.EventLoop.Post(() =>
        {
            if (_stopped)
            {
                Abandon(AsList(final));
                return;
            }

            (_end, _endUnlessPaused, _closing) = (final, unlessPaused, true);
            SendNext();
        });
        if (!closing)
        {
            Abandon(AsList(final));
        }
    }

    /// <summary>Withdraws the start: no work has run. If the tracker may have received the start, <paramref name="final"/> ends it.</summary>
    public void Withdraw(PendingEvent final) => _context.EventLoop.Post(() =>
    {
        if (_grant is null && _createCount == 0)
        {
            Stop();
        }
        else if (!_stopped)
        {
            _buffer.Close();
            (_end, _closing) = (final, true);
            SendNext();
        }
    });

    /// <summary>Accepts no more events, and stops when every queued event is answered, including a queued end.</summary>
    public void Drain()
    {
        _buffer.Close();
        _context.EventLoop.Post(() =>
        {
            _closing = true;
            SendNext();
        });
    }

    /// <summary>Stops now and abandons all unsent events.</summary>
    public void StopNow() => _context.EventLoop.Post(Stop);

    /// <summary>Ends all retry delays, because the tracker is available again.</summary>
    public void RetryNow()
    {
        _eventChannel.RetryNow();
        _heartbeatChannel.RetryNow();
    }

    private void OnWritten(List<PendingEvent> events, bool added)
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
            _context.EventLoop.Post(() =>
            {
                Volatile.Write(ref _woken, 0);
                SendNext();
            });
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
        _eventChannel.Stop();
        _heartbeatChannel.Stop();
        _heartbeatTimer.Clear();
        _buffer.Close();
        StopSignal.Dispose();
        Abandon(_batch, because);
        _buffer.Release(_taken);
        var rest = _buffer.Take(int.MaxValue, long.MaxValue);
        Abandon(rest, because);
        _buffer.Release(rest);
        Abandon(AsList(_end), because);
        (_batch, _taken, _end) = ([], [], null);
        _context.Live.TryRemove(new(Execution, this));
        if (_created.TrySetException(because ?? new TrackerException("The start was not sent: reporting of this execution has stopped.")))
        {
            _ = _created.Task.Exception;
        }

        _completion.TrySetResult(true);
    }

    private void Abandon(List<PendingEvent> events, Exception? because = null)
    {
        foreach (var pending in events)
        {
            if (pending.Event is not ExecutionEvent.Heartbeat)
            {
                _context.Counters.CountAbandoned(1);
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
    public static TimeSpan? RequestedDelay(Exception? fault) =>
        fault is TrackerException { RetryAfter: { } wait } && wait > TimeSpan.Zero ? Shorter(wait, RetryAfterMax) : null;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static List<PendingEvent> AsList(PendingEvent? one) => one is null ? [] : [one];
}
