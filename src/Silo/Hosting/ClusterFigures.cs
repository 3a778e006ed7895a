using ExecutionGrains.Views;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>What the parts of the silo say of themselves for <c>/v1/cluster</c>; each part sets its own when it is composed.</summary>
public sealed class ClusterFigures
{
    public string GrainRuntime { get; set; } = "embedded";

    public string SiloId { get; set; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    public DateTimeOffset StartedAt { get; set; }

    public Func<long?> Activations { get; set; } = () => null;

    public Func<CommitQueueView> CommitQueue { get; set; } = () => new CommitQueueView(null, null, null);

    /// <summary>Everything but whether it is paused, which the store knows.</summary>
    public Func<JanitorView> Janitor { get; set; } = () => new JanitorView(false, false, null, null, null);
}
