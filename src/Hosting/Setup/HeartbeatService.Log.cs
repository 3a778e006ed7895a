namespace ExecutionGrains.Hosting.Setup;

public sealed partial class HeartbeatService
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Warning, "The silo's heartbeat could not be written; the silo tries again: {Reason}")]
    private partial void BeatFailed(string reason, Exception? failure);

    [LoggerMessage(2, Microsoft.Extensions.Logging.LogLevel.Warning,
        "The departure of this silo could not be written; its silence will be recorded as an outage: {Reason}")]
    private partial void LeavingFailed(string reason);
}
