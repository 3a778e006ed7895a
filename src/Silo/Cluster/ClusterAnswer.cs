using ExecutionGrains.Views;

namespace ExecutionGrains.Silo.Cluster;

/// <summary>What <see cref="ClusterReader"/> knows of the cluster's silos.</summary>
/// <param name="Silos">All silos that Orleans's membership knows, the youngest first.</param>
/// <param name="Activations">Grains in memory by class, in the silos that answered.</param>
/// <param name="Janitor">Of the silos that answered; everything except whether the janitor is paused or holds, which the store knows.</param>
public sealed record ClusterAnswer(IReadOnlyList<SiloView> Silos, IReadOnlyDictionary<string, long> Activations, JanitorView Janitor);
