namespace ExecutionGrains.Client;

/// <summary>
/// The work was cancelled because <see cref="TrackedScope.Cancellation"/> had fired; thrown by <c>RunAsync</c> and <c>StepAsync</c> instead of a bare
/// cancellation.
/// </summary>
public sealed class ExecutionStoppedException(StopReason reason, string? stopMessage, Exception? inner, CancellationToken cancellation)
    : OperationCanceledException($"The execution was stopped: {reason.Word()}{(stopMessage is null ? "" : $", {stopMessage}")}.", inner, cancellation)
{
    public StopReason Reason { get; } = reason;

    /// <summary>What the one who cancelled gave as a reason; null where nobody did.</summary>
    public string? StopMessage { get; } = stopMessage;
}
