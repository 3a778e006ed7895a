namespace ExecutionGrains.Views;

/// <summary>The answer to a cancel. The answer to a repeated cancel has the reason and the time of the first one.</summary>
/// <param name="ExecutionId">The execution's id.</param>
/// <param name="Status">The status after the call. If it is <c>claimed</c> or <c>running</c>, the answer to the worker's next report asks it to stop.</param>
/// <param name="PreviousStatus">The status before the call.</param>
/// <param name="Reason">The reason of the first cancel. Null if it gave none.</param>
/// <param name="RequestedAt">When the first cancel was requested, in tracker time. Null if the worker reported <c>cancel</c> without a request.</param>
public sealed record CancelAnswerView(
    string ExecutionId,
    ExecutionStatus Status,
    ExecutionStatus PreviousStatus,
    string? Reason,
    DateTimeOffset? RequestedAt);
