namespace ExecutionGrains.Silo.Hosting;

public sealed partial class TombstonePruning
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Warning, "Expired tombstones could not be removed: {Reason}")]
    private partial void PruningFailed(string reason, Exception? failure);
}
