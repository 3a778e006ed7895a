namespace ExecutionGrains.Hosting.Store;

public sealed partial class StorePruning
{
    [LoggerMessage(
        1,
        Microsoft.Extensions.Logging.LogLevel.Warning,
        "Could not delete expired rows or the rest of deleted executions; the silo tries again in {Period}: {Reason}")]
    private partial void PruningFailed(TimeSpan period, string reason, Exception? failure);
}
