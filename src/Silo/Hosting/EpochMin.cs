namespace ExecutionGrains.Silo.Hosting;

/// <summary>The least epoch that may be opened on this store; known once the store is up to date.</summary>
public sealed class EpochMin
{
    /// <summary>Default 1.</summary>
    public int Value { get; set; } = 1;
}
