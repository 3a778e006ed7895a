namespace ExecutionGrains.Hosting.Setup;

public sealed partial class TrackerStartup
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Warning, "Narrowed the modes of files and folders that other users could access: {Files}")]
    private partial void FilesNarrowed(string files);
}
