namespace ExecutionGrains.Views;

/// <summary>How the tracker itself is. Figures that a runtime does not have are null.</summary>
/// <param name="Activations">Grains of the tracker in memory, in all silos.</param>
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
