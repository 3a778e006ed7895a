namespace ExecutionGrains.Views;

/// <summary>The answer to a cancel; it names the first one.</summary>
public sealed record CancelAnswerView(
    string ExecutionId,
    ExecutionStatus Status,
    ExecutionStatus PreviousStatus,
    string? Reason,
    DateTimeOffset? RequestedAt);
