using Orleans.Providers;
using Orleans.Runtime;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Answers the management grain, which asks every silo.</summary>
public sealed class SiloReporter(ClusterFigures figures, ILocalSiloDetails silo) : IControllable
{
    /// <summary>The name under which the management grain finds it.</summary>
    public const string Name = "executiongrains";

    public Task<object?> ExecuteCommand(int command, object? arg)
    {
        var (queue, janitor) = (figures.CommitQueue(), figures.Janitor());
        return Task.FromResult<object?>(new SiloReport(
            silo.SiloAddress.ToParsableString(), figures.SiloId, figures.Version, figures.StartedAt, queue.Depth, queue.BatchSize, queue.LatencyMs,
            janitor.LastSweep, janitor.Found, janitor.Lost));
    }
}
