namespace ExecutionGrains.Client;

/// <summary>
/// The work was cancelled because <see cref="TrackedScope.Cancellation"/> fired. <c>RunAsync</c> and <c>StepAsync</c> throw it instead of a plain
/// <see cref="OperationCanceledException"/>.
/// </summary>
public sealed class ExecutionStoppedException(StopReason reason, string? stopMessage, Exception? inner, CancellationToken cancellation)
    : OperationCanceledException($"The execution was stopped: {reason.Word()}{(stopMessage is null ? "" : $", {stopMessage}")}.", inner, cancellation)
{
    public StopReason Reason { get; } = reason;

    /// <summary>The reason given with the cancel request. Null if there was no cancel request or no reason.</summary>
    public string? StopMessage { get; } = stopMessage;
}
