using ExecutionGrains.Client.Reporting;

namespace ExecutionGrains.Client;

/// <summary>What logs and steps can be written under: an execution, or a step of one. Safe to use from several threads.</summary>
public abstract class TrackedScope
{
    private readonly object _owner;

    /// <param name="owner">What keeps the heartbeats going as long as any scope of the execution is in use.</param>
    private protected TrackedScope(Reporter reporter, object owner, TraceNotice trace) => (Reporter, _owner, Trace) = (reporter, owner, trace);

    /// <summary>The execution's: fires on cancel, stop, deadline, and when the tracker holds the execution for lost or another worker's.</summary>
    public CancellationToken Cancellation => Reporter.Lifetime.Cancellation;

    private protected Reporter Reporter { get; }

    private protected TraceNotice Trace { get; }

    private protected abstract string? ScopeStepId { get; }

    private protected abstract string? Source { get; }

    /// <summary>
    /// Writes a log line. Never waits: while the execution's buffer is full, lines are dropped, and one line says how many. After the end it is only counted.
    /// </summary>
    /// <param name="message">Cut at 16,384 characters.</param>
    public void Log(string message, Severity level = Severity.Info, EventStamp stamp = default) => Reporter.Log(Line(message, level, stamp));

    /// <summary>As <see cref="Log"/>, but waits for room before it drops a line, for <see cref="TrackerOptions.AnswerWait"/> at most.</summary>
    public ValueTask LogAsync(string message, Severity level = Severity.Info, CancellationToken cancellationToken = default, EventStamp stamp = default) =>
        Reporter.WriteAsync(Line(message, level, stamp), cancellationToken);

    /// <summary>Says how far the execution is; sent with the next heartbeat and before the end, the last one wins.</summary>
    /// <param name="percent">0 to 100; cut to that.</param>
    /// <param name="message">Cut at 1,024 characters.</param>
    public void Report(double? percent, string? message = null) => Reporter.Report(new Progress(
        percent is { } p && !double.IsNaN(p) ? Math.Clamp(p, 0, 100) : null,
        message is null ? null : Payload.Clean(message, Payload.NoteMax)));

    /// <summary>
    /// Starts a step whose end the caller reports. Disposed without an end, it ends as <c>cancel</c> once the execution is to stop, else as <c>exception</c>.
    /// </summary>
    /// <param name="block">Cut at 256 characters; line breaks and other control characters become spaces.</param>
    public async Task<StepHandle> BeginStepAsync(string block, StepOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(block);
        var step = new StepHandle(Reporter, _owner, Trace, Payload.Name(options?.StepId) ?? Reporter.NewId(), Payload.Name(block)!);
        var stamp = options?.Stamp ?? default;
        var started = new ExecutionEvent.StepStarted
        {
            EventId = EventId(stamp),
            At = At(stamp),
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
    /// Runs a step: its result is the step's output, its exception the error of a <c>fail</c> (and is thrown on). A cancellation
    /// under the execution's or the caller's token ends the step as <c>cancel</c>.
    /// </summary>
    /// <exception cref="ExecutionStoppedException">The step was cancelled because the execution's signal fired.</exception>
    public async Task<T> StepAsync<T>(
        string block, Func<StepHandle, CancellationToken, Task<T>> work, StepOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(Cancellation, cancellationToken);
        await using var step = await BeginStepAsync(block, options, cancellationToken).ConfigureAwait(false);
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

    private protected string EventId(EventStamp stamp) => Payload.Name(stamp.EventId, lengthMax: 128) ?? Reporter.NewId();

    private protected DateTimeOffset At(EventStamp stamp) => stamp.At?.ToMicroseconds() ?? Reporter.Now();

    /// <summary>A step's payload, where the execution records them; where it does not, its log says so once.</summary>
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
        if (Trace.IsFirst())
        {
            Log("The inputs and outputs of steps are not recorded: the execution was started without ExplicitTrace.", Severity.Debug);
        }
    }

    private protected ExecutionStoppedException? StoppedException(OperationCanceledException e) =>
        e is ExecutionStoppedException || Reporter.Lifetime.Reason == StopReason.None
            ? null
            : new(Reporter.Lifetime.Reason, Reporter.Lifetime.Message, e, Cancellation);

    private PendingEvent Line(string message, Severity level, EventStamp stamp) => new(new ExecutionEvent.Log
    {
        EventId = EventId(stamp),
        At = At(stamp),
        Message = Payload.Clean(message, Payload.LogMax),
        Level = level,
        Source = Source,
        StepId = ScopeStepId,
    });
}
