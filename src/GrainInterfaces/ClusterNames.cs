namespace ExecutionGrains.GrainInterfaces;

/// <summary>Names that the silos and the clients of a cluster must share to find each other.</summary>
public static class ClusterNames
{
    /// <summary>The service id of Orleans. It is part of the key of reminders and grain state, so it stays the same if the cluster id changes.</summary>
    public const string Service = "executiongrains";

    /// <summary>The default cluster id.</summary>
    public const string Default = "executiongrains";
}
