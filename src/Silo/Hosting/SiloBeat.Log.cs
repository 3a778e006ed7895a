namespace ExecutionGrains.Silo.Hosting;

public sealed partial class SiloBeat
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Warning, "The sign of life could not be written; trying again")]
    private partial void BeatFailed(Exception failure);
}
