namespace ExecutionGrains.Silo.Clustering.OrleansGaps;

public sealed partial class JoiningSigns
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Warning, "The joining silo could not write its IAmAlive time to the membership table")]
    private partial void NotPublished(Exception failure);
}
