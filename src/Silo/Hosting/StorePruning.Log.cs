namespace ExecutionGrains.Silo.Hosting;

public sealed partial class StorePruning
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Warning, "Could not delete expired rows; the silo tries again in an hour: {Reason}")]
    private partial void PruningFailed(string reason, Exception? failure);
}
