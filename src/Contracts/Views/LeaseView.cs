namespace ExecutionGrains.Views;

/// <summary>Until when silence is presumed life. Seconds are null where there is no such limit.</summary>
public sealed record LeaseView(
    int? HeartbeatTimeoutSeconds,
    int? TimeoutSeconds,
    DateTimeOffset? LastContactAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? TimeoutAt);
