namespace ExecutionGrains.Silo.Hosting;

/// <summary>The key of the event hashes, the store's; known once the store is up to date.</summary>
public sealed class HashKey
{
    public byte[] Value { get; set; } = [];
}
