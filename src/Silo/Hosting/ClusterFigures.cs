using ExecutionGrains.Views;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>What the parts of the silo say of themselves for <c>/v1/cluster</c>; each part sets its own when it is composed.</summary>
public sealed class ClusterFigures
{
    public string GrainRuntime { get; set; } = "embedded";

    public string SiloId { get; set; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    public DateTimeOffset StartedAt { get; set; }

    public string Version { get; } = typeof(ClusterFigures).Assembly.GetName().Version!.ToString(3);

    public Func<Task<ClusterAnswer>> Cluster { get; set; } = () => Task.FromResult(new ClusterAnswer([], null, new(false, false, null, null, null)));

    public Func<CommitQueueView> CommitQueue { get; set; } = () => new CommitQueueView(null, null, null);

    /// <summary>This silo, where it is the only one or the others do not answer.</summary>
    public SiloView Self => new(SiloId, "active", StartedAt, Version, null, CommitQueue());

    /// <summary>This silo's sweeps. Everything but whether it is paused and holds, which the store knows.</summary>
    public Func<JanitorView> Janitor { get; set; } = () => new JanitorView(false, false, null, null, null);
}
