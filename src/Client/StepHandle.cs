using System.Text.Json.Serialization.Metadata;
using ExecutionGrains.Client.Reporting;

namespace ExecutionGrains.Client;

/// <summary>One step of a tracked execution. Only the first end counts; later calls do nothing.</summary>
public sealed class StepHandle : TrackedScope, IAsyncDisposable
{
    private int _ended;

    internal StepHandle(Reporter reporter, object owner, TraceNotice trace, string stepId, string block)
        : base(reporter, owner, trace) => (StepId, Block) = (stepId, block);

    public string StepId { get; }

    public string Block { get; }

    /// <summary>Cost of the step, in a unit of your choice. Sent with the step's end.</summary>
    public decimal? Cost { get; set; }

    /// <summary>Memory that the step used, in bytes. Sent with the step's end.</summary>
    public long? MemoryBytes { get; set; }

    private protected override string? ScopeStepId => StepId;

    private protected override string? Source => Block;

    /// <summary>Reports success of the step.</summary>
    /// <param name="output">Sent only with <see cref="StartOptions.ExplicitTrace"/>, truncated to 10,240 bytes. Without it, the execution logs once that
    /// outputs are not recorded.</param>
    public Task CompleteAsync(object? output = null, EventIdentity identity = default) =>
        EndOnceAsync(StepOutcome.Success, () => Traced(output), null, identity);

    /// <inheritdoc cref="CompleteAsync(object?, EventIdentity)"/>
    public Task CompleteAsync<T>(T output, JsonTypeInfo<T> type, EventIdentity identity = default) =>
        EndOnceAsync(StepOutcome.Success, () => Trace.IsExplicit ? Payload.Of(output, Payload.StepMax, type) : Traced(output), null, identity);

    /// <summary>Reports <c>fail</c>, with the type and message of the exception.</summary>
    public Task FailAsync(Exception e, EventIdentity identity = default)
    {
        ArgumentNullException.ThrowIfNull(e);
        return EndOnceAsync(StepOutcome.Fail, null, Payload.Error(e), identity);
    }

    /// <summary>Reports <c>fail</c> with a message: the step ran to its end, with a negative result.</summary>
    public Task FailAsync(string message, EventIdentity identity = default) => EndOnceAsync(StepOutcome.Fail, null, Payload.Error("fail", message), identity);

    public Task EndAsync(StepOutcome outcome, EventIdentity identity = default) => EndOnceAsync(outcome, null, null, identity);

    public async ValueTask DisposeAsync() => await (Cancellation.IsCancellationRequested
        ? EndOnceAsync(StepOutcome.Cancel, null, null, default)
        : EndOnceAsync(StepOutcome.Exception, null, Payload.Error("undisclosed", "The step was disposed without an end."), default)).ConfigureAwait(false);

    private async Task EndOnceAsync(StepOutcome outcome, Func<byte[]?>? output, byte[]? error, EventIdentity identity)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        var completed = new ExecutionEvent.StepCompleted
        {
            EventId = EventId(identity),
            At = At(identity),
            StepId = StepId,
            Outcome = outcome,
            Output = output?.Invoke(),
            Error = error,
            Cost = Cost,
            MemoryBytes = MemoryBytes,
        };
        await Reporter.WriteAsync(new PendingEvent(completed), CancellationToken.None).ConfigureAwait(false);
    }
}
