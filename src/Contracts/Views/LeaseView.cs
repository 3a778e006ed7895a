namespace ExecutionGrains.Views;

/// <summary>The lease, which ends after too long a silence of the worker, and the timeout, which limits the run.</summary>
/// <param name="HeartbeatTimeoutSeconds">Seconds of silence after which the execution is lost. Null: there is no lease.</param>
/// <param name="TimeoutSeconds">The longest run in seconds. Null: there is no limit.</param>
/// <param name="LastContactAt">When the worker last reported, in tracker time. Null before the first report.</param>
/// <param name="ExpiresAt">When the lease ends. Null if there is none.</param>
/// <param name="TimeoutAt">When the run exceeds its timeout. Null before the start, and if there is no timeout.</param>
public sealed record LeaseView(
    int? HeartbeatTimeoutSeconds,
    int? TimeoutSeconds,
    DateTimeOffset? LastContactAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? TimeoutAt);
