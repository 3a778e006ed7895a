using System.Buffers;
using System.Security.Cryptography;
using ExecutionGrains.Rules;

namespace ExecutionGrains.Grains;

/// <summary>The keyed 128-bit hash of an event's canonical form: HMAC-SHA-256, its first 16 bytes (RFC 2104 §5). The key is the store's, so that nobody can craft a collision.</summary>
public sealed class EventHasher(byte[] key)
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    public byte[] Hash(ExecutionEvent @event)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(1024);
        buffer.ResetWrittenCount();
        CanonicalForm.Write(@event, buffer, payloads: true);
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, buffer.WrittenSpan, full);
        return full[..16].ToArray();
    }
}
