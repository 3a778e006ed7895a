using ExecutionGrains.Client.Reporting;

namespace ExecutionGrains.Client;

/// <summary>An execution, or a step of one: the scope under which log lines and steps are written. Thread-safe.</summary>
public abstract class TrackedScope
{
    private readonly object _owner;

    /// <param name="owner">Heartbeats continue while this object is reachable. Every scope of one execution references the same object.</param>
    private protected TrackedScope(Reporter reporter, object owner, TraceNotice trace) => (Reporter, _owner, Trace) = (reporter, owner, trace);

    /// <summary>
    /// Fires when the execution should stop: on a cancel request, after the timeout, when the tracker says that it is finished or lost, or when another worker
    /// took over. <see cref="StopReason"/> lists the cases.
    /// </summary>
    public CancellationToken Cancellation => Reporter.StopSignal.Cancellation;

    private protected Reporter Reporter { get; }

    private protected TraceNotice Trace { get; }

    private protected abstract string? ScopeStepId { get; }

    private protected abstract string? Source { get; }

    /// <summary>
    /// Writes a log line. Never waits: if the buffer is full, the line is dropped, and one log line says how many were dropped. A line written after the end
    /// of the execution is discarded and counted.
    /// </summary>
    /// <param name="message">Truncated to 16,384 characters.</param>
    public void Log(string message, Severity level = Severity.Info, EventIdentity identity = default) => Reporter.Log(Line(message, level, identity));

    /// <summary>
    /// As <see cref="Log"/>, but if the buffer is full, waits up to <see cref="TrackerOptions.AnswerTimeout"/> for room before it drops the line.
    /// </summary>
    public ValueTask LogAsync(
        string message, Severity level = Severity.Info, CancellationToken cancellationToken = default, EventIdentity identity = default) =>
        Reporter.WriteAsync(Line(message, level, identity), cancellationToken);

    /// <summary>Sets the progress. It is sent with the next heartbeat and before the end. Only the last value is kept.</summary>
    /// <param name="percent">0 to 100; clamped to this range.</param>
    /// <param name="message">Truncated to 1,024 characters.</param>
    public void Report(double? percent, string? message = null) => Reporter.Report(new Progress(
        percent is { } p && !double.IsNaN(p) ? Math.Clamp(p, 0, 100) : null,
        message is null ? null : Payload.Clean(message, Payload.NoteMax)));

    /// <summary>
    /// Starts a step. The caller reports its end. If the step is disposed without an end, the SDK reports <c>cancel</c> if <see cref="Cancellation"/> has
    /// fired, otherwise <c>exception</c>.
    /// </summary>
    /// <param name="block">Name of the step. Truncated to 256 characters; control characters such as line breaks become spaces.</param>
    public async Task<StepHandle> BeginStepAsync(string block, StepOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(block);
        var step = new StepHandle(Reporter, _owner, Trace, Payload.Name(options?.StepId) ?? Reporter.NewId(), Payload.Name(block)!);
        var identity = options?.Identity ?? default;
        var started = new ExecutionEvent.StepStarted
        {
            EventId = EventId(identity),
            At = At(identity),
            StepId = step.StepId,
            Block = step.Block,
            BlockType = Payload.Name(options?.BlockType),
            ParentStepId = ScopeStepId,
            Input = Traced(options?.Input),
        };
        await Reporter.WriteAsync(new PendingEvent(started), cancellationToken).ConfigureAwait(false);
        return step;
    }

    /// <summary>
    /// Runs a step. The result of <paramref name="work"/> becomes the step's output. An exception is reported as <c>fail</c> and rethrown. A cancellation by
    /// the execution's or the caller's token is reported as <c>cancel</c>.
    /// </summary>
    /// <exception cref="ExecutionStoppedException">The step was cancelled because <see cref="Cancellation"/> fired.</exception>
    public async Task<T> StepAsync<T>(
        string block, Func<StepHandle, CancellationToken, Task<T>> work, StepOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(Cancellation, cancellationToken);
        var step = await BeginStepAsync(block, options, cancellationToken).ConfigureAwait(false);
        await using var disposal = step.ConfigureAwait(false);
        try
        {
            either.Token.ThrowIfCancellationRequested();
            var result = await work(step, either.Token).ConfigureAwait(false);
            await step.CompleteAsync(result).ConfigureAwait(false);
            return result;
        }
        catch (OperationCanceledException e) when (Cancellation.IsCancellationRequested || cancellationToken.IsCancellationRequested)
        {
            var stopped = StoppedException(e);
            await step.EndAsync(StepOutcome.Cancel).ConfigureAwait(false);
            if (stopped is not null)
            {
                throw stopped;
            }

            throw;
        }
        catch (Exception e)
        {
            await step.FailAsync(e).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc cref="StepAsync{T}"/>
    public Task StepAsync(
        string block, Func<StepHandle, CancellationToken, Task> work, StepOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        return StepAsync<object?>(
            block,
            async (step, ct) =>
            {
                await work(step, ct).ConfigureAwait(false);
                return null;
            },
            options,
            cancellationToken);
    }

    private protected string EventId(EventIdentity identity) => Payload.Name(identity.EventId, lengthMax: 128) ?? Reporter.NewId();

    private protected DateTimeOffset At(EventIdentity identity) => identity.At?.ToMicroseconds() ?? Reporter.Now();

    /// <summary>Serializes a step's payload if the execution records payloads. Otherwise returns null, and logs once that it does not.</summary>
    private protected byte[]? Traced(object? payload)
    {
        if (payload is not null && !Trace.IsExplicit)
        {
            Withhold();
        }

        return Trace.IsExplicit ? Payload.Of(payload, Payload.StepMax) : null;
    }

    private protected void Withhold()
    {
        if (Trace.TryMarkLogged())
        {
            Log("Inputs and outputs of steps are not recorded: the execution was started without ExplicitTrace.", Severity.Debug);
        }
    }

    private protected ExecutionStoppedException? StoppedException(OperationCanceledException e) =>
        e is ExecutionStoppedException || Reporter.StopSignal.Reason == StopReason.None
            ? null
            : new(Reporter.StopSignal.Reason, Reporter.StopSignal.Message, e, Cancellation);

    private PendingEvent Line(string message, Severity level, EventIdentity identity) => new(new ExecutionEvent.Log
    {
        EventId = EventId(identity),
        At = At(identity),
        Message = Payload.Clean(message, Payload.LogMax),
        Level = level,
        Source = Source,
        StepId = ScopeStepId,
    });
}
