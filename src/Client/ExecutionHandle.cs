using System.Text.Json.Serialization.Metadata;
using ExecutionGrains.Client.Reporting;

namespace ExecutionGrains.Client;

/// <summary>
/// One execution that this worker runs. Heartbeats go out by themselves until it ends. Its first end stands; later ones answer the same.
/// Disposed without an end it is reported: as <see cref="CancelledAsync"/> once it or its start was cancelled, else as <c>exception</c>; a paused one stays
/// paused. Forgotten without either, its heartbeats stop once it and its steps are garbage, and the tracker will hold it for lost.
/// </summary>
/// <remarks>
/// Calls that await the tracker's answer return after <see cref="TrackerOptions.AnswerWait"/> at the latest. What has no answer by then is answered with
/// <see cref="Result.Retry"/> and sent in the background; <see cref="DeliveredAsync"/> waits for the answer to the end.
/// </remarks>
public sealed class ExecutionHandle : TrackedScope, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationToken _host;
    private Task<EventAnswer>? _ending;
    private bool _detached;
    private volatile bool _gaveUp;

    /// <param name="host">What the start was given: it fires when the worker's host stops.</param>
    internal ExecutionHandle(Reporter reporter, object owner, bool explicitTrace, CancellationToken host)
        : base(reporter, owner, new TraceNotice(explicitTrace)) => _host = host;

    public ExecutionId Id => Reporter.Execution;

    /// <summary>Whether the tracker has answered the start. Until then everything is kept, and sent when it does.</summary>
    public bool IsTracked => Reporter.Epoch > 0;

    /// <summary>0 while the tracker has not answered the start.</summary>
    public int Epoch => Reporter.Epoch;

    /// <summary>As the tracker's last answer had it; <c>running</c> before the first.</summary>
    public ExecutionStatus Status => Reporter.Status;

    /// <summary>Why <see cref="TrackedScope.Cancellation"/> fired.</summary>
    public StopReason StopReason => Reporter.Lifetime.Reason;

    /// <summary>What the one who cancelled gave as a reason; null where nobody did.</summary>
    public string? StopMessage => Reporter.Lifetime.Message;

    private protected override string? ScopeStepId => null;

    private protected override string? Source => null;

    /// <summary>Ends it as a success.</summary>
    /// <param name="output">Any value that System.Text.Json can write, cut at 64 KiB; what it cannot write is replaced by a note.</param>
    /// <exception cref="TrackerException">The tracker refuses the end for good.</exception>
    public Task<EventAnswer> CompleteAsync(object? output = null, CancellationToken cancellationToken = default, EventStamp stamp = default) =>
        EndAsync(new() { Outcome = Outcome.Success, Output = Payload.Of(output, Payload.FinalMax) }, stamp, cancellationToken);

    /// <inheritdoc cref="CompleteAsync(object?, CancellationToken, EventStamp)"/>
    public Task<EventAnswer> CompleteAsync<T>(T output, JsonTypeInfo<T> type, CancellationToken cancellationToken = default, EventStamp stamp = default) =>
        EndAsync(new() { Outcome = Outcome.Success, Output = Payload.Of(output, Payload.FinalMax, type) }, stamp, cancellationToken);

    /// <summary>Ends it as <c>fail</c>, with the type and message of what was thrown.</summary>
    /// <exception cref="TrackerException">The tracker refuses the end for good.</exception>
    public Task<EventAnswer> FailAsync(Exception e, CancellationToken cancellationToken = default, EventStamp stamp = default)
    {
        ArgumentNullException.ThrowIfNull(e);
        return EndAsync(new() { Outcome = Outcome.Fail, Error = Payload.Error(e) }, stamp, cancellationToken);
    }

    /// <summary>Ends it as <c>fail</c>: it did its work, and the answer is no.</summary>
    /// <exception cref="TrackerException">The tracker refuses the end for good.</exception>
    public Task<EventAnswer> FailAsync(string message, CancellationToken cancellationToken = default, EventStamp stamp = default) =>
        EndAsync(new() { Outcome = Outcome.Fail, Error = Payload.Error("fail", message) }, stamp, cancellationToken);

    /// <summary>
    /// Ends it as <c>cancel</c>; past its timeout as <c>kill</c>. Without a message the error says what stopped it: the one who cancelled, the timeout, the
    /// tracker, or the worker's host.
    /// </summary>
    /// <exception cref="TrackerException">The tracker refuses the end for good.</exception>
    public Task<EventAnswer> CancelledAsync(string? message = null, CancellationToken cancellationToken = default, EventStamp stamp = default) =>
        EndAsync(Cancelled(message), stamp, cancellationToken);

    /// <summary>Ends it with any outcome. <paramref name="cancellationToken"/> ends the waiting, not the report.</summary>
    /// <exception cref="TrackerException">The tracker refuses the end for good.</exception>
    public Task<EventAnswer> EndAsync(
        Outcome outcome, object? output = null, Exception? error = null, CancellationToken cancellationToken = default, EventStamp stamp = default)
    {
        ExecutionEvent.ExecutionCompleted completed = new()
        {
            Outcome = outcome,
            Output = Payload.Of(output, Payload.FinalMax),
            Error = error is null ? null : Payload.Error(error),
        };
        return EndAsync(completed, stamp, cancellationToken);
    }

    /// <summary>Waits, however long it takes, for the tracker's answer to the end.</summary>
    /// <exception cref="InvalidOperationException">There is no end yet.</exception>
    /// <exception cref="TrackerException">The tracker refused the end, or the tracker object was disposed before it answered.</exception>
    public Task<EventAnswer> DeliveredAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            return _ending?.WaitAsync(cancellationToken) ?? throw new InvalidOperationException("The execution has no end yet.");
        }
    }

    /// <summary>Pauses it, after everything written so far. Paused, it is never lost and has no deadline.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the pause.</param>
    public Task<EventAnswer> PauseAsync(string? reason = null, CancellationToken cancellationToken = default, EventStamp stamp = default) =>
        AskAsync(new ExecutionEvent.ExecutionPaused { EventId = EventId(stamp), At = At(stamp), Reason = Reason(reason) }, cancellationToken);

    /// <summary>Goes on after a pause, with the whole timeout again.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the resumption.</param>
    public Task<EventAnswer> ResumeAsync(string? reason = null, CancellationToken cancellationToken = default, EventStamp stamp = default) =>
        AskAsync(new ExecutionEvent.ExecutionResumed { EventId = EventId(stamp), At = At(stamp), Reason = Reason(reason) }, cancellationToken);

    /// <summary>Never throws, and waits for <see cref="TrackerOptions.AnswerWait"/> at most: what is unsent by then is sent in the background.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_ending is null && !_detached)
            {
                _detached = true;
                Reporter.Close(new PendingEvent(Stamped(Abandoned(), default)), unlessPaused: Reporter.PauseIntended);
            }
        }

        if (!_gaveUp)
        {
            await Reporter.Core.WithinAsync(Reporter.Completion, CancellationToken.None).ConfigureAwait(false);
        }
    }

    internal async Task<EventAnswer> AskAsync(ExecutionEvent asked, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pending = new PendingEvent(asked, Reporter.Core.Promise<EventAnswer>());
        Reporter.WriteNow(pending);
        return await AnswerAsync(pending.Waiter!.Task, asked.EventId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What is thrown instead of a bare cancellation; null: it has nothing to do with the execution's signal, or says so already.</summary>
    internal ExecutionStoppedException? Stopped(OperationCanceledException e) => StoppedException(e);

    private async Task<EventAnswer> EndAsync(ExecutionEvent.ExecutionCompleted completed, EventStamp stamp, CancellationToken cancellationToken)
    {
        Task<EventAnswer> ending;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_detached, this);
            if (_ending is null)
            {
                var waiter = Reporter.Core.Promise<EventAnswer>();
                _ending = waiter.Task;
                Reporter.Close(new PendingEvent(Stamped(completed, stamp), waiter));
            }

            ending = _ending;
        }

        return await AnswerAsync(ending, null, cancellationToken).ConfigureAwait(false);
    }

    private async Task<EventAnswer> AnswerAsync(Task<EventAnswer> answer, string? eventId, CancellationToken cancellationToken)
    {
        if (await Reporter.Core.WithinAsync(answer, cancellationToken).ConfigureAwait(false))
        {
            return await answer.ConfigureAwait(false);
        }

        _gaveUp = true;
        return new EventAnswer(eventId, Result.Retry, Code.StoreUnavailable, "The tracker has not answered yet; the event is sent in the background.");
    }

    private ExecutionEvent.ExecutionCompleted Stamped(ExecutionEvent.ExecutionCompleted completed, EventStamp stamp) =>
        completed with { EventId = EventId(stamp), At = At(stamp) };

    private ExecutionEvent.ExecutionCompleted Cancelled(string? message)
    {
        var (outcome, type, why) = StopReason switch
        {
            StopReason.Deadline when Reporter.Lifetime.Timeout is { } timeout =>
                (Outcome.Kill, "timeout", $"It ran past its timeout of {timeout.TotalSeconds:0.###} s."),
            StopReason.Deadline => (Outcome.Kill, "timeout", "It ran past its timeout."),
            StopReason.Cancelled => (Outcome.Cancel, "cancel", StopMessage),
            StopReason.LeaseLost when Status == ExecutionStatus.Lost => (Outcome.Cancel, "stopped", "The tracker held it for lost."),
            StopReason.LeaseLost => (Outcome.Cancel, "stopped", "The tracker had not answered for a whole lease."),
            StopReason.Fenced => (Outcome.Cancel, "stopped", "Another worker had it."),
            StopReason.Stopped => (Outcome.Cancel, "stopped", "The tracker held it for finished."),
            _ when _host.IsCancellationRequested => (Outcome.Cancel, "stopped", "the worker's host stopped"),
            _ => (Outcome.Cancel, "cancel", null),
        };
        return new() { Outcome = outcome, Error = (message ?? why) is { } said ? Payload.Error(type, said) : null };
    }

    private ExecutionEvent.ExecutionCompleted Abandoned() => StopReason != StopReason.None || _host.IsCancellationRequested
        ? Cancelled(null)
        : new() { Outcome = Outcome.Exception, Error = Payload.Error("undisclosed", "The execution was disposed without an end.") };

    private static string? Reason(string? reason) => reason is null ? null : Payload.Clean(reason, Payload.NoteMax);
}
