namespace ExecutionGrains.Hosting.Setup;

/// <summary>The lowest epoch that may be opened on this store. Set after the store is migrated and before the first grain is activated.</summary>
public sealed class EpochMin
{
    /// <summary>Default 1; higher on a store that was restored from a backup.</summary>
    public int Value { get; set; } = 1;
}
