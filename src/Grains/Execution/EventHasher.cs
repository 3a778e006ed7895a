using System.Buffers;
using System.Security.Cryptography;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Grains;

/// <summary>The keyed 128-bit hash of an event's canonical form: HMAC-SHA-256, its first 16 bytes (RFC 2104 §5). The key is the store's, so that nobody can craft a collision.</summary>
public sealed class EventHasher(byte[] key)
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    /// <summary>This thread's, and of the key that it was made with: to make one anew takes longer than to hash an event.</summary>
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

    /// <summary>The hash of an execution's id, by which the store knows those that were forgotten. No event's form begins like it.</summary>
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
