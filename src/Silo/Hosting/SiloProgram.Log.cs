namespace ExecutionGrains.Silo.Hosting;

public static partial class SiloProgram
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Warning, "Narrowed the modes of files and folders that other users could access: {Files}")]
    private static partial void FilesNarrowed(ILogger log, string files);
}
