namespace ExecutionGrains.Views;

/// <summary>The state of the tracker itself.</summary>
/// <param name="GrainRuntime">The runtime that hosts the executions: <c>orleans</c>.</param>
/// <param name="Silos">All silos in the cluster membership, newest first.</param>
/// <param name="Activations">The number of executions and other grains in memory, in all silos that answered.</param>
/// <param name="ActivationsByType">The same number, by grain class.</param>
/// <param name="CommitQueue">The commit queue of the silo that answers.</param>
/// <param name="Janitor">The background job that looks for lost and overdue executions.</param>
/// <param name="Store">The database.</param>
public sealed record ClusterView(
    string GrainRuntime,
    IReadOnlyList<SiloView> Silos,
    long? Activations,
    IReadOnlyDictionary<string, long>? ActivationsByType,
    CommitQueueView CommitQueue,
    JanitorView Janitor,
    StoreView Store);
