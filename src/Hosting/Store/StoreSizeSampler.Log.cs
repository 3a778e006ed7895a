namespace ExecutionGrains.Hosting.Store;

public sealed partial class StoreSizeSampler
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Warning, "Could not sample the store's size: {Reason}")]
    private partial void NoteFailed(string reason, Exception? failure);
}
