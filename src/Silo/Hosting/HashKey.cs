namespace ExecutionGrains.Silo.Hosting;

/// <summary>The key of the event hashes, from the store's secrets; known once these are open.</summary>
public sealed class HashKey
{
    public byte[] Value { get; set; } = [];
}
