namespace ExecutionGrains.Hosting.Cluster;

public sealed partial class ClusterReader
{
    [LoggerMessage(Level = Microsoft.Extensions.Logging.LogLevel.Warning, Message = "Silo {Silo} failed to report for /v1/cluster")]
    private partial void NotReported(string silo, Exception failure);
}
