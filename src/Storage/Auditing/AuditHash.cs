using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Storage.Auditing;

/// <summary>
/// The hash of a row in the chain: SHA-256 over the hash of the row before (32 zero bytes for the first) and the canonical form of this row. The form is
/// documented in docs/security.md, so that others can recompute it from an export.
/// </summary>
public static class AuditHash
{
    /// <summary>Bytes of a hash. 32.</summary>
    public const int Length = SHA256.HashSizeInBytes;

    /// <summary>The first field of the canonical form. Another form gets another number.</summary>
    private const string Form = "1";

    /// <summary>The hash before the first row.</summary>
    public static byte[] Genesis => new byte[Length];

    public static byte[] Of(ReadOnlySpan<byte> previous, long sequence, long number, AuditRow row)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        Append(hash, Form);
        Append(hash, sequence.ToString(CultureInfo.InvariantCulture));
        Append(hash, number.ToString(CultureInfo.InvariantCulture));
        Append(hash, row.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        foreach (var field in new[]
        {
            row.By, row.Action, row.ExecutionId, row.Namespace, row.Reason, row.KeyId, row.KeyName, row.Claims, row.Address, row.TraceId,
        })
        {
            Append(hash, field);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>
    /// A null is <c>-,</c>. A text is the count of its bytes in UTF-8, a colon, the bytes and a comma, so that no two rows have the same form.
    /// </summary>
    private static void Append(IncrementalHash hash, string? field)
    {
        if (field is null)
        {
            hash.AppendData("-,"u8);
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(field);
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{bytes.Length}:")));
        hash.AppendData(bytes);
        hash.AppendData(","u8);
    }
}
