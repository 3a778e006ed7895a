namespace ExecutionGrains.Hosting.Auth.Keys;

public sealed partial class KeyRefresh
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Warning, "Could not refresh the keys and secrets; the previous ones stay in use: {Reason}")]
    private partial void RefreshFailed(string reason, Exception? failure);
}
