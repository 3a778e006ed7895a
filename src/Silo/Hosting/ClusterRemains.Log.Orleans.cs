namespace ExecutionGrains.Silo.Hosting;

public sealed partial class ClusterRemains
{
    [LoggerMessage(1, Microsoft.Extensions.Logging.LogLevel.Information, "The cluster knows silos that do not listen any more: {Silos}. This one joins when they count as dead.")]
    private partial void Waits(string silos);
}
