using System.Text.Json.Serialization.Metadata;
using ExecutionGrains.Client.Reporting;

namespace ExecutionGrains.Client;

/// <summary>One step of a tracked execution. Its first end stands; later ones do nothing.</summary>
public sealed class StepHandle : TrackedScope, IAsyncDisposable
{
    private int ended;

    internal StepHandle(Reporter reporter, object owner, bool explicitTrace, string stepId, string block)
        : base(reporter, owner, explicitTrace)
    {
        StepId = stepId;
        Block = block;
    }

    public string StepId { get; }

    public string Block { get; }

    /// <summary>What the step cost; sent with its end.</summary>
    public decimal? Cost { get; set; }

    /// <summary>What memory the step took; sent with its end.</summary>
    public long? MemoryBytes { get; set; }

    private protected override string? ScopeStepId => StepId;

    private protected override string? Source => Block;

    /// <summary>Ends the step as a success. The output is sent only by executions with <see cref="StartOptions.ExplicitTrace"/>.</summary>
    public Task CompleteAsync(object? output = null) =>
        EndOnceAsync(StepOutcome.Success, ExplicitTrace ? Payload.Of(output) : null, null);

    /// <inheritdoc cref="CompleteAsync(object?)"/>
    public Task CompleteAsync<T>(T output, JsonTypeInfo<T> type) =>
        EndOnceAsync(StepOutcome.Success, ExplicitTrace ? Payload.Of(output, type) : null, null);

    /// <summary>Ends the step as <c>exception</c>, with the type and message of what was thrown.</summary>
    public Task FailAsync(Exception e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return EndOnceAsync(StepOutcome.Exception, null, Payload.Error(e));
    }

    /// <summary>Ends the step as <c>fail</c>: it did its work, and the answer is no.</summary>
    public Task FailAsync(string message) => EndOnceAsync(StepOutcome.Fail, null, Payload.Error("fail", message));

    public Task EndAsync(StepOutcome outcome) => EndOnceAsync(outcome, null, null);

    public async ValueTask DisposeAsync() =>
        await EndOnceAsync(StepOutcome.Exception, null, Payload.Error("undisclosed", "The step was disposed without an end.")).ConfigureAwait(false);

    private async Task EndOnceAsync(StepOutcome outcome, byte[]? output, byte[]? error)
    {
        if (Interlocked.Exchange(ref ended, 1) != 0)
        {
            return;
        }

        var completed = new ExecutionEvent.StepCompleted
        {
            EventId = Reporter.NewId(),
            At = Reporter.Now(),
            StepId = StepId,
            Outcome = outcome,
            Output = output,
            Error = error,
            Cost = Cost,
            MemoryBytes = MemoryBytes,
        };
        await Reporter.WriteAsync(new PendingEvent(completed), CancellationToken.None).ConfigureAwait(false);
    }
}
