namespace ExecutionGrains.Hosting.Http;

public sealed partial class ProblemMiddleware
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Error, "{Method} {Path} failed")]
    private partial void Failed(Exception failure, string method, string path);

    [LoggerMessage(2, Microsoft.Extensions.Logging.LogLevel.Warning, "The store could not {Operation}: {Reason}")]
    private partial void StoreAway(string operation, string reason);

    [LoggerMessage(3, Microsoft.Extensions.Logging.LogLevel.Warning, "{Method} {Path}: the grain did not answer in time: {Reason}")]
    private partial void SiloAway(string method, string path, string reason);
}
