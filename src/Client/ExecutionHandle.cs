using System.Text.Json.Serialization.Metadata;
using ExecutionGrains.Client.Reporting;

namespace ExecutionGrains.Client;

/// <summary>
/// One execution that this worker runs. The SDK sends heartbeats until it ends. Only the first end counts; later calls return the first one's answer.
/// If the handle is disposed without an end, the SDK reports one: as <see cref="CancelledAsync"/> does if the execution or its start was cancelled, otherwise
/// <c>exception</c>. A paused execution stays paused. If the handle is neither ended nor disposed, heartbeats stop when it and its steps are garbage collected,
/// and the tracker marks the execution lost.
/// </summary>
/// <remarks>
/// A call that waits for the tracker's answer returns after at most <see cref="TrackerOptions.AnswerTimeout"/>. Without an answer by then, it returns
/// <see cref="Result.Retry"/>, and the event is sent in the background. <see cref="DeliveredAsync"/> waits until the end is answered.
/// </remarks>
public sealed class ExecutionHandle : TrackedScope, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationToken _host;
    private Task<EventAnswer>? _ending;
    private bool _detached;
    private volatile bool _gaveUp;

    /// <param name="host">The token passed to the start. It fires when the worker's host stops.</param>
    internal ExecutionHandle(Reporter reporter, object owner, bool explicitTrace, CancellationToken host)
        : base(reporter, owner, new TraceNotice(explicitTrace)) => _host = host;

    public ExecutionId Id => Reporter.Execution;

    /// <summary>Whether the tracker has accepted the start. Until then, events are buffered; they are sent afterwards.</summary>
    public bool IsTracked => Reporter.Epoch > 0;

    /// <summary>The current epoch; 0 until the tracker has accepted the start.</summary>
    public int Epoch => Reporter.Epoch;

    /// <summary>Status in the tracker's last answer; <c>running</c> before the first.</summary>
    public ExecutionStatus Status => Reporter.Status;

    /// <summary>Why <see cref="TrackedScope.Cancellation"/> fired.</summary>
    public StopReason StopReason => Reporter.StopSignal.Reason;

    /// <summary>The reason given with the cancel request. Null if there was no cancel request or no reason.</summary>
    public string? StopMessage => Reporter.StopSignal.Message;

    private protected override string? ScopeStepId => null;

    private protected override string? Source => null;

    /// <summary>Reports success.</summary>
    /// <param name="output">
    /// Any value that System.Text.Json can serialize; truncated to 64 KiB. A value that cannot be serialized is replaced by a note.
    /// </param>
    /// <exception cref="TrackerException">The tracker permanently refuses the end.</exception>
    public Task<EventAnswer> CompleteAsync(object? output = null, CancellationToken cancellationToken = default, EventIdentity identity = default) =>
        EndAsync(new() { Outcome = Outcome.Success, Output = Payload.Of(output, Payload.FinalMax) }, identity, cancellationToken);

    /// <inheritdoc cref="CompleteAsync(object?, CancellationToken, EventIdentity)"/>
    public Task<EventAnswer> CompleteAsync<T>(
        T output, JsonTypeInfo<T> type, CancellationToken cancellationToken = default, EventIdentity identity = default) =>
        EndAsync(new() { Outcome = Outcome.Success, Output = Payload.Of(output, Payload.FinalMax, type) }, identity, cancellationToken);

    /// <summary>Reports <c>fail</c>, with the type and message of the exception.</summary>
    /// <exception cref="TrackerException">The tracker permanently refuses the end.</exception>
    public Task<EventAnswer> FailAsync(Exception e, CancellationToken cancellationToken = default, EventIdentity identity = default)
    {
        ArgumentNullException.ThrowIfNull(e);
        return EndAsync(new() { Outcome = Outcome.Fail, Error = Payload.Error(e) }, identity, cancellationToken);
    }

    /// <summary>Reports <c>fail</c> with a message: the work ran to its end, with a negative result.</summary>
    /// <exception cref="TrackerException">The tracker permanently refuses the end.</exception>
    public Task<EventAnswer> FailAsync(string message, CancellationToken cancellationToken = default, EventIdentity identity = default) =>
        EndAsync(new() { Outcome = Outcome.Fail, Error = Payload.Error("fail", message) }, identity, cancellationToken);

    /// <summary>
    /// Reports <c>cancel</c>, or <c>kill</c> after the execution's timeout. Without a message the error says what stopped the execution: the cancel request,
    /// the timeout, the tracker, or the worker's host.
    /// </summary>
    /// <exception cref="TrackerException">The tracker permanently refuses the end.</exception>
    public Task<EventAnswer> CancelledAsync(string? message = null, CancellationToken cancellationToken = default, EventIdentity identity = default) =>
        EndAsync(Cancelled(message), identity, cancellationToken);

    /// <summary>Reports an end with any outcome. <paramref name="cancellationToken"/> stops waiting for the answer; the end is still sent.</summary>
    /// <exception cref="TrackerException">The tracker permanently refuses the end.</exception>
    public Task<EventAnswer> EndAsync(
        Outcome outcome, object? output = null, Exception? error = null, CancellationToken cancellationToken = default, EventIdentity identity = default)
    {
        ExecutionEvent.ExecutionCompleted completed = new()
        {
            Outcome = outcome,
            Output = Payload.Of(output, Payload.FinalMax),
            Error = error is null ? null : Payload.Error(error),
        };
        return EndAsync(completed, identity, cancellationToken);
    }

    /// <summary>Waits without a time limit for the tracker's answer to the end.</summary>
    /// <exception cref="InvalidOperationException">No end was reported yet.</exception>
    /// <exception cref="TrackerException">The tracker refused the end, or the <see cref="ExecutionTracker"/> was disposed before the answer came.</exception>
    public Task<EventAnswer> DeliveredAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            return _ending?.WaitAsync(cancellationToken) ?? throw new InvalidOperationException("The execution has no end yet.");
        }
    }

    /// <summary>Pauses the execution. The pause is sent after all earlier events. A paused execution is never marked lost and has no deadline.</summary>
    /// <param name="cancellationToken">Stops waiting for the answer; the pause is still sent.</param>
    public Task<EventAnswer> PauseAsync(string? reason = null, CancellationToken cancellationToken = default, EventIdentity identity = default) =>
        AskAsync(new ExecutionEvent.ExecutionPaused { EventId = EventId(identity), At = At(identity), Reason = Reason(reason) }, cancellationToken);

    /// <summary>Resumes a paused execution. Its timeout starts again in full.</summary>
    /// <param name="cancellationToken">Stops waiting for the answer; the event is still sent.</param>
    public Task<EventAnswer> ResumeAsync(string? reason = null, CancellationToken cancellationToken = default, EventIdentity identity = default) =>
        AskAsync(new ExecutionEvent.ExecutionResumed { EventId = EventId(identity), At = At(identity), Reason = Reason(reason) }, cancellationToken);

    /// <summary>Never throws. Waits at most <see cref="TrackerOptions.AnswerTimeout"/>; events that are unsent by then are sent in the background.</summary>
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
            await Reporter.Context.WaitForAnswerAsync(Reporter.Completion, CancellationToken.None).ConfigureAwait(false);
        }
    }

    internal async Task<EventAnswer> AskAsync(ExecutionEvent asked, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var pending = new PendingEvent(asked, Reporter.Context.CreateCompletionSource<EventAnswer>());
        Reporter.WriteNow(pending);
        return await AnswerAsync(pending.Waiter!.Task, asked.EventId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The exception to throw instead of a plain cancellation. Null if the execution was not stopped, or if the exception already has this type.
    /// </summary>
    internal ExecutionStoppedException? Stopped(OperationCanceledException e) => StoppedException(e);

    private async Task<EventAnswer> EndAsync(ExecutionEvent.ExecutionCompleted completed, EventIdentity identity, CancellationToken cancellationToken)
    {
        Task<EventAnswer> ending;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_detached, this);
            if (_ending is null)
            {
                var waiter = Reporter.Context.CreateCompletionSource<EventAnswer>();
                _ending = waiter.Task;
                Reporter.Close(new PendingEvent(Stamped(completed, identity), waiter));
            }

            ending = _ending;
        }

        return await AnswerAsync(ending, null, cancellationToken).ConfigureAwait(false);
    }

    private async Task<EventAnswer> AnswerAsync(Task<EventAnswer> answer, string? eventId, CancellationToken cancellationToken)
    {
        if (await Reporter.Context.WaitForAnswerAsync(answer, cancellationToken).ConfigureAwait(false))
        {
            return await answer.ConfigureAwait(false);
        }

        _gaveUp = true;
        return new EventAnswer(eventId, Result.Retry, Code.StoreUnavailable, "The tracker has not answered yet. The event is sent in the background.");
    }

    private ExecutionEvent.ExecutionCompleted Stamped(ExecutionEvent.ExecutionCompleted completed, EventIdentity identity) =>
        completed with { EventId = EventId(identity), At = At(identity) };

    private ExecutionEvent.ExecutionCompleted Cancelled(string? message)
    {
        var (outcome, type, why) = StopReason switch
        {
            StopReason.Deadline when Reporter.StopSignal.Timeout is { } timeout =>
                (Outcome.Kill, "timeout", $"It ran past its timeout of {timeout.TotalSeconds:0.###} s."),
            StopReason.Deadline => (Outcome.Kill, "timeout", "It ran past its timeout."),
            StopReason.Cancelled => (Outcome.Cancel, "cancel", StopMessage),
            StopReason.LeaseLost when Status == ExecutionStatus.Lost => (Outcome.Cancel, "stopped", "The tracker marked the execution lost."),
            StopReason.LeaseLost => (Outcome.Cancel, "stopped", "The tracker did not answer for the length of a lease."),
            StopReason.Fenced => (Outcome.Cancel, "stopped", "Another worker took over the execution."),
            StopReason.Finished => (Outcome.Cancel, "stopped", "The tracker reported that the execution had already finished."),
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
