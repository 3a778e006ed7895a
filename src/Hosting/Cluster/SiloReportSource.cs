using ExecutionGrains.Grains;
using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Hosting.Cluster;

/// <summary>Creates this silo's report. Constructed when the silo starts, so the time of its construction is reported as the start time.</summary>
public sealed class SiloReportSource(CommitQueues queue, GrainServices grains, SweepLog sweeps, [FromKeyedServices(TrackerClock.Key)] TimeProvider time)
{
    private static readonly string Version = typeof(SiloReportSource).Assembly.GetName().Version!.ToString(3);

    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public SiloReport Report() => new(
        Version,
        _startedAt,
        queue.Depth,
        queue.LastBatchSize,
        queue.LastCommitDuration.TotalMilliseconds,
        grains.Metrics.LostCount,
        grains.Activations.ByClass(),
        sweeps.Buckets.ToDictionary());
}
