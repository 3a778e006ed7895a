using System.Globalization;

namespace ExecutionGrains.Storage.Auditing;

/// <summary>A head that an operator noted outside the store.</summary>
public sealed record NotedHead(long Sequence, byte[] Hash)
{
    /// <summary>Reads what <see cref="AuditCheckpoint.Text"/> wrote. Null where it is something else.</summary>
    public static NotedHead? Parse(string text)
    {
        var (at, hash) = (text.IndexOf(':', StringComparison.Ordinal), new byte[AuditHash.Length]);
        return at > 0
            && long.TryParse(text.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            && text.Length - at - 1 == 2 * AuditHash.Length
            && Convert.FromHexString(text.AsSpan(at + 1), hash, out _, out var written) == System.Buffers.OperationStatus.Done
            && written == AuditHash.Length
                ? new(sequence, hash)
                : null;
    }
}
