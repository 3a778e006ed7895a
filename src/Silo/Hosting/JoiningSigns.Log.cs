namespace ExecutionGrains.Silo.Hosting;

public sealed partial class JoiningSigns
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Warning, "The cluster could not be told that this silo is joining")]
    private partial void NotSaid(Exception failure);
}
