namespace ExecutionGrains.Silo.Hosting;

public static partial class SiloProgram
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Warning, "Others could open what an earlier version made; it is this user's only now: {Files}")]
    private static partial void FilesNarrowed(ILogger log, string files);
}
