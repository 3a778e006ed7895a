namespace ExecutionGrains.Storage;

/// <summary>What says that a store is a restored copy whose live executions are yet to be fenced off (decision 8).</summary>
public static class RestoreMark
{
    /// <summary>The setting that holds the mark: an id of its own for each restore; empty where there is nothing to fence.</summary>
    public const string Setting = "restored";

    public static string New() => Guid.NewGuid().ToString("N");
}
