using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Storage.Auditing;

/// <summary>Signs checkpoints with HMAC-SHA256 under a secret that the store holds only wrapped, so that a writer of the database cannot make one.</summary>
public sealed class AuditSigner(byte[] secret)
{
    public AuditCheckpoint Sign(string name, long sequence, byte[] hash, DateTimeOffset at) =>
        new(name, sequence, hash, at, Signature(name, sequence, hash, at));

    public bool IsSigned(AuditCheckpoint checkpoint) => CryptographicOperations.FixedTimeEquals(
        Signature(checkpoint.Name, checkpoint.Sequence, checkpoint.Hash, checkpoint.At), checkpoint.Signature);

    private byte[] Signature(string name, long sequence, byte[] hash, DateTimeOffset at) => HMACSHA256.HashData(
        secret,
        Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"executiongrains audit\n{name}\n{sequence}\n{Convert.ToHexStringLower(hash)}\n{UnixMicroseconds.From(at)}")));
}
