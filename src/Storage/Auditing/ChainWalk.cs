namespace ExecutionGrains.Storage.Auditing;

/// <summary>Recomputes the chain row by row.</summary>
/// <param name="start">Where it begins; null: before the first row.</param>
/// <param name="noted">A head that was noted outside the store; null: there is none.</param>
internal sealed class ChainWalk(AuditCheckpoint? start, NotedHead? noted)
{
    private readonly long _from = start?.Sequence ?? 0;
    private byte[]? _notedHash = noted is not null && noted.Sequence == (start?.Sequence ?? 0) ? start?.Hash ?? AuditHash.Genesis : null;

    /// <summary>The last row that is as it was sealed.</summary>
    public long Sequence { get; private set; } = start?.Sequence ?? 0;

    public byte[] Hash { get; private set; } = start?.Hash ?? AuditHash.Genesis;

    public long Count => Sequence - _from;

    /// <summary>Goes on by one row, unless it is not the next one as it was sealed.</summary>
    public AuditFault? Take(AuditEntry row)
    {
        var (next, sequence) = (Sequence + 1, row.Sequence ?? 0);
        if (sequence != next)
        {
            return sequence > next
                ? new(next, null, FormattableString.Invariant($"row {next} is missing; the next one is row {sequence}"))
                : new(sequence, row.Number, FormattableString.Invariant($"row {sequence} is there twice"));
        }

        var hash = AuditHash.Of(Hash, next, row.Number, row.Row);
        if (!hash.AsSpan().SequenceEqual(row.Hash))
        {
            return new(next, row.Number, FormattableString.Invariant($"row {next} was changed after it was sealed"));
        }

        (Sequence, Hash) = (next, hash);
        _notedHash = noted?.Sequence == next ? hash : _notedHash;
        return null;
    }

    /// <summary>Whether the chain, walked to its end, holds the noted head.</summary>
    public AuditFault? Compare() => noted switch
    {
        null => null,
        _ when _notedHash is not null && _notedHash.AsSpan().SequenceEqual(noted.Hash) => null,
        _ when _notedHash is not null => new(noted.Sequence, null, FormattableString.Invariant($"row {noted.Sequence} has another hash than the noted head")),
        _ when noted.Sequence > Sequence => new(
            Sequence + 1, null, FormattableString.Invariant($"the chain ends at {Sequence}, before the noted head {noted.Sequence}: rows were cut off")),
        _ => new(
            noted.Sequence,
            null,
            FormattableString.Invariant($"retention has deleted the noted row {noted.Sequence}; compare a head that was noted after row {_from}")),
    };
}
