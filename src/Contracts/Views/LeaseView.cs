namespace ExecutionGrains.Views;

/// <summary>Until when a silent worker is presumed alive, and how long it may run.</summary>
/// <param name="HeartbeatTimeoutSeconds">Seconds of silence after which the execution is lost. Null: there is no lease.</param>
/// <param name="TimeoutSeconds">The longest run in seconds. Null: there is no limit.</param>
/// <param name="LastContactAt">When the worker was last heard of, in the tracker's time. Null before any contact.</param>
/// <param name="ExpiresAt">When the lease expires. Null if there is none.</param>
/// <param name="TimeoutAt">When the run exceeds its timeout. Null before the start, or if there is no timeout.</param>
public sealed record LeaseView(
    int? HeartbeatTimeoutSeconds,
    int? TimeoutSeconds,
    DateTimeOffset? LastContactAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? TimeoutAt);
