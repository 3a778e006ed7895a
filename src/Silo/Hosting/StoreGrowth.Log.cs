namespace ExecutionGrains.Silo.Hosting;

public sealed partial class StoreGrowth
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Warning, "The store's size could not be noted: {Reason}")]
    private partial void NoteFailed(string reason, Exception? failure);
}
