namespace ExecutionGrains.Silo.Hosting;

public sealed partial class StoreGrowth
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Warning, "Could not sample the store's size: {Reason}")]
    private partial void NoteFailed(string reason, Exception? failure);
}
