namespace ExecutionGrains.Silo.Hosting;

public sealed partial class SiloBeat
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Warning, "The sign of life could not be written; trying again: {Reason}")]
    private partial void BeatFailed(string reason, Exception? failure);

    [LoggerMessage(2, Microsoft.Extensions.Logging.LogLevel.Warning, "That this silo leaves could not be written; its silence will be an outage: {Reason}")]
    private partial void LeavingFailed(string reason);
}
