namespace ExecutionGrains.Views;

/// <summary>The state of the tracker itself.</summary>
/// <param name="GrainRuntime"><c>orleans</c>.</param>
/// <param name="Activations">Grains of the tracker in memory, in the silos that answered.</param>
/// <param name="ActivationsByType">The same by the grain's class.</param>
/// <param name="CommitQueue">Of the silo that answers.</param>
public sealed record ClusterView(
    string GrainRuntime,
    IReadOnlyList<SiloView> Silos,
    long? Activations,
    IReadOnlyDictionary<string, long>? ActivationsByType,
    CommitQueueView CommitQueue,
    JanitorView Janitor,
    StoreView Store);
