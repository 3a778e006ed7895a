namespace ExecutionGrains.Storage;

/// <summary>Marks a store as a restored copy whose live executions must still be fenced (decision 8).</summary>
public static class RestoreMark
{
    /// <summary>Name of the setting that holds the mark. Its value is an id, new for each restore, or empty if there is nothing to fence.</summary>
    public const string Setting = "restored";

    public static string New() => Guid.NewGuid().ToString("N");
}
