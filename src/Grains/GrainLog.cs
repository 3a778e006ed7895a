using Microsoft.Extensions.Logging;

namespace ExecutionGrains.Grains;

/// <summary>
/// The grains' log messages. <see cref="QueuedLoggerFactory"/> calls each log provider from its own queue, so a provider that throws or hangs cannot block a
/// grain.
/// </summary>
public sealed partial class GrainLog(ILogger<GrainLog> logger)
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Error, "Execution {Execution}: processing failed; callers were told to retry: {Reason}")]
    public partial void TurnFailed(ExecutionId execution, string reason, Exception? exception);

    [LoggerMessage(2, Microsoft.Extensions.Logging.LogLevel.Warning,
        "Execution {Execution}: the store did not accept an append; callers were told to retry: {Reason}")]
    public partial void AppendFailed(ExecutionId execution, string reason);

    [LoggerMessage(3, Microsoft.Extensions.Logging.LogLevel.Information, "Janitor {Bucket}: {Found} executions were due, {Acted} acted on a deadline.")]
    public partial void Swept(string bucket, int found, int acted);

    [LoggerMessage(4, Microsoft.Extensions.Logging.LogLevel.Critical,
        "Sweeping now would mark at least {Lost} of {Live} live executions lost. Sweeps are on hold until that changes or until POST /v1/janitor/resume.")]
    public partial void MassLoss(long lost, long live);

    [LoggerMessage(5, Microsoft.Extensions.Logging.LogLevel.Warning,
        "The store was restored from a backup. Fencing unfinished executions: each continues in epoch {Epoch}. No requests are served until this is done.")]
    public partial void Restored(int epoch);

    [LoggerMessage(6, Microsoft.Extensions.Logging.LogLevel.Information, "Fenced {Fenced} executions so far.")]
    public partial void Fencing(int fenced);

    [LoggerMessage(7, Microsoft.Extensions.Logging.LogLevel.Warning,
        "Fenced {Fenced} executions; they wait for a new claim. GET /v1/executions?status=pending&status=paused lists them.")]
    public partial void Fenced(int fenced);

    [LoggerMessage(8, Microsoft.Extensions.Logging.LogLevel.Warning, "Execution {Execution} is due but could not be reached; the next sweep retries.")]
    public partial void NotJudged(ExecutionId execution, Exception exception);

    [LoggerMessage(9, Microsoft.Extensions.Logging.LogLevel.Warning, "Janitor {Bucket} could not sweep; it retries at the next tick: {Reason}")]
    public partial void NotSwept(string bucket, string reason);

    [LoggerMessage(10, Microsoft.Extensions.Logging.LogLevel.Warning,
        "Janitor {Bucket} could not store its record; the next sweep stores the missing entries: {Reason}")]
    public partial void NotRecorded(string bucket, string reason);
}
