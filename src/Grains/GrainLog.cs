using Microsoft.Extensions.Logging;

namespace ExecutionGrains.Grains;

/// <summary>What the grains write to the silo's log. <see cref="QueuedLoggerFactory"/> keeps a provider that throws or hangs from holding up a turn.</summary>
public sealed partial class GrainLog(ILogger<GrainLog> logger)
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Error, "Execution {Execution}: a turn failed; its callers were asked to retry: {Reason}")]
    public partial void TurnFailed(ExecutionId execution, string reason, Exception? exception);

    [LoggerMessage(2, Microsoft.Extensions.Logging.LogLevel.Warning, "Execution {Execution}: the store did not take an append ({Reason}); its callers were asked to retry.")]
    public partial void AppendFailed(ExecutionId execution, string reason);

    [LoggerMessage(3, Microsoft.Extensions.Logging.LogLevel.Information, "Janitor {Bucket}: {Found} due, {Acted} acted on.")]
    public partial void Swept(string bucket, int found, int acted);

    [LoggerMessage(4, Microsoft.Extensions.Logging.LogLevel.Critical, "{Lost} or more of {Live} live executions would be lost at once: held until POST /v1/janitor/resume.")]
    public partial void MassLoss(long lost, long live);

    [LoggerMessage(5, Microsoft.Extensions.Logging.LogLevel.Warning,
        "Store restored from a backup: unfinished executions go on in epoch {Epoch}, earlier workers are fenced. No request is served until that is done.")]
    public partial void Restored(int epoch);

    [LoggerMessage(6, Microsoft.Extensions.Logging.LogLevel.Information, "{Fenced} executions fenced so far.")]
    public partial void Fencing(int fenced);

    [LoggerMessage(7, Microsoft.Extensions.Logging.LogLevel.Warning,
        "{Fenced} executions were fenced and wait to be claimed: GET /v1/executions?status=pending&status=paused lists them.")]
    public partial void Fenced(int fenced);

    [LoggerMessage(8, Microsoft.Extensions.Logging.LogLevel.Warning, "Execution {Execution} is due and could not be reached; the next sweep asks again.")]
    public partial void NotJudged(ExecutionId execution, Exception exception);

    [LoggerMessage(9, Microsoft.Extensions.Logging.LogLevel.Warning, "Janitor {Bucket} could not sweep; it tries again at its next tick: {Reason}")]
    public partial void NotSwept(string bucket, string reason);

    [LoggerMessage(10, Microsoft.Extensions.Logging.LogLevel.Warning, "Janitor {Bucket} could not store its record; the next sweep adds what is missing: {Reason}")]
    public partial void NotRecorded(string bucket, string reason);
}
