namespace ExecutionGrains.Client;

/// <summary>
/// Sends requests to a tracker. One call is one attempt; the SDK retries. Methods return a task immediately and never block. A refusal by the tracker is
/// thrown as a <see cref="TrackerException"/> that is not <see cref="TrackerException.Transient"/>; any other exception counts as a transport failure and is
/// retried. Calls for one execution may overlap: a heartbeat is sent while events are in flight.
/// </summary>
public interface ITransport
{
    Task<ExecutionGrant> CreateAsync(ExecutionId execution, CreateExecution create, CancellationToken cancellationToken);

    Task<ExecutionGrant> ClaimAsync(ExecutionId execution, Worker worker, CancellationToken cancellationToken);

    /// <param name="token">The run token. Null: use the transport's own credential.</param>
    Task<ReportReply> ReportAsync(ExecutionId execution, EventReport report, string? token, CancellationToken cancellationToken);
}
