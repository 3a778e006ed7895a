namespace ExecutionGrains.Views;

/// <summary>The answer to a cancel. A repeated cancel answers with the reason and the time of the first.</summary>
/// <param name="ExecutionId">The execution's id.</param>
/// <param name="Status">The status after the call. <c>claimed</c> or <c>running</c>: the worker is asked to stop with its next report.</param>
/// <param name="PreviousStatus">The status before the call.</param>
/// <param name="Reason">The reason of the first cancel. Null if it gave none.</param>
/// <param name="RequestedAt">When the first cancel was requested, in the tracker's time. Null if the execution was cancelled by its worker without a
/// request.</param>
public sealed record CancelAnswerView(
    string ExecutionId,
    ExecutionStatus Status,
    ExecutionStatus PreviousStatus,
    string? Reason,
    DateTimeOffset? RequestedAt);
