namespace ExecutionGrains.Storage.Auditing;

/// <summary>
/// Seals the rows of the audit into a hash chain behind the transactions that wrote them, deletes its oldest part by retention, and checks it. Any silo may
/// do it at any time: every write is guarded by the checkpoint that it began from.
/// </summary>
public sealed class AuditChain(IAuditStore store, AuditSigner signer)
{
    /// <summary>Rows younger than this are not sealed, so that most rows are sealed in the order of their numbers. 10 s.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromSeconds(10);

    /// <summary>Rows in one transaction, and in memory.</summary>
    internal const int BatchMax = 500;

    /// <summary>Seals what has settled. Where another sealer is at work, the rest is left to it.</summary>
    /// <exception cref="StoreException">The store is away.</exception>
    public async Task<AuditSealing> SealAsync(DateTimeOffset now, CancellationToken cancel)
    {
        while (true)
        {
            var (start, head) = await CheckpointsAsync(cancel).ConfigureAwait(false);
            if (await FaultOfAsync(start, head, cancel).ConfigureAwait(false) is { } fault)
            {
                return new(head, fault);
            }

            var rows = await store.UnsealedAsync(now - Settle, BatchMax, cancel).ConfigureAwait(false);
            if (rows.Count == 0)
            {
                return new(head, null);
            }

            var (sequence, hash) = (head?.Sequence ?? 0, head?.Hash ?? AuditHash.Genesis);
            var seals = new List<AuditSeal>(rows.Count);
            foreach (var row in rows)
            {
                hash = AuditHash.Of(hash, ++sequence, row.Number, row.Row);
                seals.Add(new(row.Number, sequence, hash));
            }

            var next = signer.Sign(AuditCheckpoint.Head, sequence, hash, now);
            if (!await store.SealAsync(head, next, seals, cancel).ConfigureAwait(false))
            {
                return new(head, null);
            }

            if (rows.Count < BatchMax)
            {
                return new(next, null);
            }
        }
    }

    /// <summary>
    /// Deletes the oldest sealed rows, up to the first from after <paramref name="before"/>; the head stays. It checks what it deletes: rows that were
    /// changed are evidence, and stay.
    /// </summary>
    /// <exception cref="StoreException">The store is away; what is left is deleted next time.</exception>
    public async Task<AuditFault?> DeleteAsync(DateTimeOffset before, DateTimeOffset now, CancellationToken cancel)
    {
        while (true)
        {
            var (start, head) = await CheckpointsAsync(cancel).ConfigureAwait(false);
            var fault = await FaultOfAsync(start, head, cancel).ConfigureAwait(false);
            if (fault is not null || head is null)
            {
                return fault;
            }

            var walk = new ChainWalk(start, null);
            var rows = await store.SealedAsync(walk.Sequence, BatchMax, cancel).ConfigureAwait(false);
            foreach (var row in rows.TakeWhile(row => row.Row.At < before && row.Sequence < head.Sequence))
            {
                if (walk.Take(row) is { } found)
                {
                    return found;
                }
            }

            var next = signer.Sign(AuditCheckpoint.Start, walk.Sequence, walk.Hash, now);
            if (walk.Count == 0 || !await store.DeleteSealedAsync(start, next, cancel).ConfigureAwait(false) || walk.Count < BatchMax)
            {
                return null;
            }
        }
    }

    /// <summary>Recomputes the chain from its start to its head. Silos may go on sealing and deleting meanwhile.</summary>
    /// <param name="noted">A head that was noted outside the store; the chain must hold it. Null: there is none.</param>
    /// <exception cref="StoreException">The store is away.</exception>
    public async Task<AuditVerdict> VerifyAsync(NotedHead? noted, CancellationToken cancel)
    {
        while (true)
        {
            var (start, head) = await CheckpointsAsync(cancel).ConfigureAwait(false);
            var walk = new ChainWalk(start, noted);
            var fault = await FaultOfAsync(start, head, cancel).ConfigureAwait(false) ?? await WalkAsync(walk, cancel).ConfigureAwait(false);
            var tally = await store.TallyAsync(cancel).ConfigureAwait(false);
            if (tally.Start == (start?.Sequence ?? 0))
            {
                return new(walk.Count, start, (await CheckpointsAsync(cancel).ConfigureAwait(false)).Head, tally, fault ?? Rest(tally) ?? walk.Compare());
            }

            // Retention has deleted what was being read.
        }
    }

    private async Task<AuditFault?> WalkAsync(ChainWalk walk, CancellationToken cancel)
    {
        while (true)
        {
            var rows = await store.SealedAsync(walk.Sequence, BatchMax, cancel).ConfigureAwait(false);
            foreach (var row in rows)
            {
                if (walk.Take(row) is { } fault)
                {
                    return fault;
                }
            }

            if (rows.Count > 0)
            {
                continue;
            }

            // Read after the rows, it is at least as new as they are: a sealer stores both in one transaction.
            var (start, head) = await CheckpointsAsync(cancel).ConfigureAwait(false);
            var more = head?.Sequence > walk.Sequence ? await store.SealedAsync(walk.Sequence, 1, cancel).ConfigureAwait(false) : [];
            if (more.Count == 0)
            {
                return await FaultOfAsync(start, head, cancel).ConfigureAwait(false) ?? EndOf(walk, head);
            }
        }
    }

    /// <summary>Whether the chain ends where the signed head says.</summary>
    private static AuditFault? EndOf(ChainWalk walk, AuditCheckpoint? head)
    {
        var (last, signed) = (walk.Sequence, head?.Sequence ?? 0);
        return last < signed ? new(last + 1, null, FormattableString.Invariant($"the rows from {last + 1} to the signed head {signed} are missing"))
            : last > signed ? new(signed + 1, null, FormattableString.Invariant($"row {signed + 1} and later ones are beyond the signed head"))
            : head is not null && !head.Hash.AsSpan().SequenceEqual(walk.Hash)
                ? new(last, null, FormattableString.Invariant($"row {last} has another hash than the signed head"))
            : null;
    }

    /// <summary>Rows with a sequence that the walk did not come by: one that is there twice, or from before the start.</summary>
    private static AuditFault? Rest(AuditTally tally) => tally.Sealed == tally.Head - tally.Start
        ? null
        : new(tally.Start, null, FormattableString.Invariant($"{tally.Sealed} rows have a place in the chain, which has {tally.Head - tally.Start} places"));

    /// <summary>What is wrong with the checkpoints themselves.</summary>
    private async Task<AuditFault?> FaultOfAsync(AuditCheckpoint? start, AuditCheckpoint? head, CancellationToken cancel)
    {
        foreach (var checkpoint in new[] { start, head }.OfType<AuditCheckpoint>())
        {
            if (!signer.IsSigned(checkpoint))
            {
                return new(checkpoint.Sequence, null, $"the checkpoint «{checkpoint.Name}» is not signed by this store's secret");
            }
        }

        if (head is null && (start is not null || await store.SealedAsync(0, 1, cancel).ConfigureAwait(false) is not [])
            && (await CheckpointsAsync(cancel).ConfigureAwait(false)).Head is null)
        {
            // The head was read again because another sealer may have stored the first one between the two reads.
            return new(start?.Sequence ?? 0, null, "rows are sealed, and the signed head is missing");
        }

        return null;
    }

    private async Task<(AuditCheckpoint? Start, AuditCheckpoint? Head)> CheckpointsAsync(CancellationToken cancel)
    {
        var all = await store.CheckpointsAsync(cancel).ConfigureAwait(false);
        return (all.FirstOrDefault(c => c.Name == AuditCheckpoint.Start), all.FirstOrDefault(c => c.Name == AuditCheckpoint.Head));
    }
}
