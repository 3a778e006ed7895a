using System.Buffers;
using System.Security.Cryptography;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Grains;

/// <summary>
/// Computes the keyed 128-bit hash of an event's canonical form: HMAC-SHA-256, truncated to its first 16 bytes (RFC 2104 §5). Each store has its own secret
/// key, so clients cannot construct collisions.
/// </summary>
public sealed class EventHasher(byte[] key)
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    /// <summary>The thread's cached HMAC, and the key it was created with. Creating an HMAC takes longer than hashing an event.</summary>
    [ThreadStatic]
    private static (byte[] Key, IncrementalHash Mac)? _mac;

    public byte[] Hash(ExecutionEvent @event)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        CanonicalForm.Write(@event, buffer, payloads: true);
        var mac = Mac();
        mac.AppendData(buffer.WrittenSpan);
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        mac.GetHashAndReset(full);
        return full[..16].ToArray();
    }

    /// <summary>
    /// Hashes an execution id. The store keeps this hash as the tombstone of a deleted execution. The prefix separates it from event hashes: no canonical form
    /// begins with it.
    /// </summary>
    public byte[] Hash(ExecutionId id)
    {
        var mac = Mac();
        mac.AppendData(System.Text.Encoding.UTF8.GetBytes($"execution {id.Value}"));
        return mac.GetHashAndReset()[..16];
    }

    private IncrementalHash Mac()
    {
        if (_mac is { } known && ReferenceEquals(known.Key, key))
        {
            return known.Mac;
        }

        _mac?.Mac.Dispose();
        var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        _mac = (key, mac);
        return mac;
    }
}
