namespace ExecutionGrains.Views;

/// <summary>How the tracker itself is. Figures that a runtime does not have are null.</summary>
public sealed record ClusterView(
    string GrainRuntime,
    IReadOnlyList<SiloView> Silos,
    long? Activations,
    CommitQueueView CommitQueue,
    JanitorView Janitor,
    StoreView Store);
