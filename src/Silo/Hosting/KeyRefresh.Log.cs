namespace ExecutionGrains.Silo.Hosting;

public sealed partial class KeyRefresh
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Warning, "Keys could not be read again, the last ones stay in use: {Reason}")]
    private partial void RefreshFailed(string reason, Exception? failure);
}
