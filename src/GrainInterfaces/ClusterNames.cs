namespace ExecutionGrains.GrainInterfaces;

/// <summary>What the silos of a cluster and their clients must say alike to find each other.</summary>
public static class ClusterNames
{
    /// <summary>Orleans's service id: reminders and grain state are kept under it, whatever the cluster's id.</summary>
    public const string Service = "executiongrains";

    /// <summary>The cluster's id where none is set.</summary>
    public const string Default = "executiongrains";
}
