namespace ExecutionGrains.Silo.Hosting;

public sealed partial class StorePruning
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Warning, "Old rows could not be deleted and will be in an hour: {Reason}")]
    private partial void PruningFailed(string reason, Exception? failure);
}
