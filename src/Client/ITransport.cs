namespace ExecutionGrains.Client;

/// <summary>
/// The way to a tracker. One call is one attempt: repeating is the SDK's. Calls return a task at once and never block. A refusal of the tracker's is thrown as
/// <see cref="TrackerException"/> that is not <see cref="TrackerException.Transient"/>; any other exception counts as a fault of the way and is tried again.
/// Several calls of one execution may be under way: events, and a heartbeat beside them.
/// </summary>
public interface ITransport
{
    Task<ExecutionGrant> CreateAsync(ExecutionId execution, CreateExecution create, CancellationToken cancellationToken);

    Task<ExecutionGrant> ClaimAsync(ExecutionId execution, Worker worker, CancellationToken cancellationToken);

    /// <param name="token">The run token; null where the transport's own credential is to be used.</param>
    Task<ReportReply> ReportAsync(ExecutionId execution, EventReport report, string? token, CancellationToken cancellationToken);
}
