using ExecutionGrains.Client.Reporting;

namespace ExecutionGrains.Client;

/// <summary>What logs and steps can be written under: an execution, or a step of one. Safe to use from several threads.</summary>
public abstract class TrackedScope
{
    private readonly object owner;

    /// <param name="owner">What keeps the heartbeats going as long as any scope of the execution is in use.</param>
    private protected TrackedScope(Reporter reporter, object owner, bool explicitTrace)
    {
        this.owner = owner;
        Reporter = reporter;
        ExplicitTrace = explicitTrace;
    }

    /// <summary>The execution's: fires on cancel, stop, deadline and a lost lease.</summary>
    public CancellationToken Cancellation => Reporter.Lifetime.Cancellation;

    private protected Reporter Reporter { get; }

    private protected bool ExplicitTrace { get; }

    private protected abstract string? ScopeStepId { get; }

    private protected abstract string? Source { get; }

    /// <summary>Writes a log line. Blocks while the execution's buffer is full; after the end it is only counted.</summary>
    /// <param name="message">Cut at 16,384 characters.</param>
    public void Log(string message, LogLevel level = LogLevel.Info) => Reporter.Write(new PendingEvent(LogEvent(message, level)));

    /// <summary>As <see cref="Log"/>, without blocking.</summary>
    public ValueTask LogAsync(string message, LogLevel level = LogLevel.Info, CancellationToken cancellationToken = default) =>
        Reporter.WriteAsync(new PendingEvent(LogEvent(message, level)), cancellationToken);

    /// <summary>Says how far the execution is; sent with the next heartbeat and before the end, the last one wins.</summary>
    /// <param name="percent">0 to 100; cut to that.</param>
    public void Report(double? percent, string? message = null) =>
        Reporter.Report(new Progress(percent is { } p && !double.IsNaN(p) ? Math.Clamp(p, 0, 100) : null, message));

    /// <summary>Starts a step whose end the caller reports. Disposed without an end, it ends as <c>exception</c>.</summary>
    public async Task<StepHandle> BeginStepAsync(string block, StepOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(block);
        var step = new StepHandle(Reporter, owner, ExplicitTrace, options?.StepId ?? Reporter.NewId(), block);
        var started = new ExecutionEvent.StepStarted
        {
            EventId = Reporter.NewId(),
            At = Reporter.Now(),
            StepId = step.StepId,
            Block = block,
            BlockType = options?.BlockType,
            ParentStepId = ScopeStepId,
            Input = ExplicitTrace ? Payload.Of(options?.Input) : null,
        };
        await Reporter.WriteAsync(new PendingEvent(started), cancellationToken).ConfigureAwait(false);
        return step;
    }

    /// <summary>
    /// Runs a step: its result is the step's output, its exception the step's error (and is thrown on). A cancellation
    /// under the execution's or the caller's token ends the step as <c>cancel</c>.
    /// </summary>
    public async Task<T> StepAsync<T>(string block, Func<StepHandle, CancellationToken, Task<T>> work, StepOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        await using var step = await BeginStepAsync(block, options, cancellationToken).ConfigureAwait(false);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(Cancellation, cancellationToken);
        try
        {
            either.Token.ThrowIfCancellationRequested();
            var result = await work(step, either.Token).ConfigureAwait(false);
            await step.CompleteAsync(result).ConfigureAwait(false);
            return result;
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            await step.EndAsync(StepOutcome.Cancel).ConfigureAwait(false);
            throw;
        }
        catch (Exception e)
        {
            await step.FailAsync(e).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc cref="StepAsync{T}"/>
    public Task StepAsync(string block, Func<StepHandle, CancellationToken, Task> work, StepOptions? options = null, CancellationToken cancellationToken = default)
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

    private ExecutionEvent.Log LogEvent(string message, LogLevel level)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new ExecutionEvent.Log
        {
            EventId = Reporter.NewId(),
            At = Reporter.Now(),
            Message = Payload.Clean(message, 16_384),
            Level = level,
            Source = Source,
            StepId = ScopeStepId,
        };
    }
}
