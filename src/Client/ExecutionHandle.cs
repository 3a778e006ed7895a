using System.Text.Json.Serialization.Metadata;
using ExecutionGrains.Client.Reporting;

namespace ExecutionGrains.Client;

/// <summary>
/// One execution that this worker runs. Heartbeats go out by themselves until it ends. Its first end stands; later ones answer the same.
/// Disposed without an end it is reported: <c>cancel</c> after a cancel, else <c>exception</c>; a paused one stays paused.
/// Forgotten without either, its heartbeats stop once it and its steps are garbage, and the tracker will hold it for lost.
/// </summary>
public sealed class ExecutionHandle : TrackedScope, IAsyncDisposable
{
    private readonly Lock gate = new();
    private Task<EventAnswer>? ending;
    private bool detached;
    private volatile bool paused;

    internal ExecutionHandle(Reporter reporter, object owner, bool explicitTrace)
        : base(reporter, owner, explicitTrace) => paused = reporter.Status == ExecutionStatus.Paused;

    public ExecutionId Id => Reporter.Execution;

    public int Epoch => Reporter.Epoch;

    /// <summary>As the tracker's last answer had it.</summary>
    public ExecutionStatus Status => Reporter.Status;

    /// <summary>Why <see cref="TrackedScope.Cancellation"/> fired.</summary>
    public StopReason StopReason => Reporter.Lifetime.Reason;

    /// <summary>What the one who cancelled gave as a reason; null where nobody did.</summary>
    public string? StopMessage => Reporter.Lifetime.Message;

    private protected override string? ScopeStepId => null;

    private protected override string? Source => null;

    /// <summary>Ends it as a success.</summary>
    /// <param name="output">Any value that System.Text.Json can write; the tracker keeps 64 KiB.</param>
    /// <exception cref="TrackerException">The end could not be reported in time.</exception>
    public Task<EventAnswer> CompleteAsync(object? output = null, CancellationToken cancellationToken = default) =>
        EndAsync(new() { Outcome = Outcome.Success, Output = Payload.Of(output) }, cancellationToken);

    /// <inheritdoc cref="CompleteAsync(object?, CancellationToken)"/>
    public Task<EventAnswer> CompleteAsync<T>(T output, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
        EndAsync(new() { Outcome = Outcome.Success, Output = Payload.Of(output, type) }, cancellationToken);

    /// <summary>Ends it as <c>exception</c>, with the type and message of what was thrown.</summary>
    /// <exception cref="TrackerException">The end could not be reported in time.</exception>
    public Task<EventAnswer> FailAsync(Exception e, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(e);
        return EndAsync(new() { Outcome = Outcome.Exception, Error = Payload.Error(e) }, cancellationToken);
    }

    /// <summary>Ends it as <c>fail</c>: it did its work, and the answer is no.</summary>
    /// <exception cref="TrackerException">The end could not be reported in time.</exception>
    public Task<EventAnswer> FailAsync(string message, CancellationToken cancellationToken = default) =>
        EndAsync(new() { Outcome = Outcome.Fail, Error = Payload.Error("fail", message) }, cancellationToken);

    /// <summary>Ends it as <c>cancel</c>.</summary>
    /// <exception cref="TrackerException">The end could not be reported in time.</exception>
    public Task<EventAnswer> CancelledAsync(string? message = null, CancellationToken cancellationToken = default) =>
        EndAsync(new() { Outcome = Outcome.Cancel, Error = message is null ? null : Payload.Error("cancel", message) }, cancellationToken);

    /// <summary>Ends it with any outcome. Waits for the answer; <paramref name="cancellationToken"/> ends the waiting, not the report.</summary>
    /// <exception cref="TrackerException">The end could not be reported in time.</exception>
    public Task<EventAnswer> EndAsync(Outcome outcome, object? output = null, Exception? error = null, CancellationToken cancellationToken = default) =>
        EndAsync(new() { Outcome = outcome, Output = Payload.Of(output), Error = error is null ? null : Payload.Error(error) }, cancellationToken);

    /// <summary>Pauses it, after everything written so far. Paused, it is never lost and has no deadline.</summary>
    public async Task<EventAnswer> PauseAsync(string? reason = null, CancellationToken cancellationToken = default)
    {
        var answer = await AskAsync(new ExecutionEvent.ExecutionPaused { EventId = Reporter.NewId(), At = Reporter.Now(), Reason = reason }, cancellationToken).ConfigureAwait(false);
        if (answer.Result is Result.Applied or Result.Duplicate)
        {
            paused = true;
            Reporter.Lifetime.Suspend();
        }

        return answer;
    }

    /// <summary>Goes on after a pause, with the whole timeout again.</summary>
    public async Task<EventAnswer> ResumeAsync(string? reason = null, CancellationToken cancellationToken = default)
    {
        var answer = await AskAsync(new ExecutionEvent.ExecutionResumed { EventId = Reporter.NewId(), At = Reporter.Now(), Reason = reason }, cancellationToken).ConfigureAwait(false);
        if (answer.Result is Result.Applied or Result.Duplicate)
        {
            paused = false;
            Reporter.Lifetime.Restart();
        }

        return answer;
    }

    /// <summary>Never throws. Waits until nothing will be sent any more.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (ending is null && !detached && paused)
            {
                detached = true;
                Reporter.Close(null);
            }
        }

        if (!detached)
        {
            try
            {
                await EndAsync(Abandoned(), CancellationToken.None).ConfigureAwait(false);
            }
            catch (TrackerException)
            {
                // Counted already, and there is nobody left to tell.
            }
        }

        await Reporter.Completion.ConfigureAwait(false);
    }

    /// <summary>Done when nothing will be sent any more; for tests.</summary>
    internal Task StoppedAsync() => Reporter.Completion;

    internal async Task<EventAnswer> AskAsync(ExecutionEvent asked, CancellationToken cancellationToken)
    {
        var pending = new PendingEvent(asked, new(TaskCreationOptions.RunContinuationsAsynchronously));
        await Reporter.WriteAsync(pending, cancellationToken).ConfigureAwait(false);
        return await pending.Waiter!.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private Task<EventAnswer> EndAsync(ExecutionEvent.ExecutionCompleted completed, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (detached)
            {
                throw new ObjectDisposedException(nameof(ExecutionHandle));
            }

            if (ending is null)
            {
                var waiter = new TaskCompletionSource<EventAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
                ending = waiter.Task;
                Reporter.Close(new PendingEvent(completed with { EventId = Reporter.NewId(), At = Reporter.Now() }, waiter));
            }

            return ending.WaitAsync(cancellationToken);
        }
    }

    private ExecutionEvent.ExecutionCompleted Abandoned() => StopReason == StopReason.Cancelled
        ? new() { Outcome = Outcome.Cancel }
        : new() { Outcome = Outcome.Exception, Error = Payload.Error("undisclosed", $"The execution was disposed without an end{(StopReason == StopReason.None ? "" : $", after {StopReason.Word()}")}.") };
}
