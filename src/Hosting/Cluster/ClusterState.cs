using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Cluster;

/// <summary>The state of the cluster's silos, as <see cref="ClusterReader"/> has read it.</summary>
/// <param name="Silos">All silos in Orleans's membership, most recently started first.</param>
/// <param name="Activations">Number of activated grains by class, summed over the silos that answered.</param>
/// <param name="Janitor">Aggregated over the silos that answered. Whether the janitor is paused or held is not filled in; the store holds that.</param>
public sealed record ClusterState(IReadOnlyList<SiloView> Silos, IReadOnlyDictionary<string, long> Activations, JanitorView Janitor);
