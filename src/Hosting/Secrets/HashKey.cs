namespace ExecutionGrains.Hosting.Secrets;

/// <summary>The HMAC key of the event hashes, one of the store's secrets. Empty until the secrets are opened at the start.</summary>
public sealed class HashKey
{
    public byte[] Value { get; set; } = [];
}
