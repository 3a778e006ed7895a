using ExecutionGrains.Storage.Commits;

namespace ExecutionGrains.Storage.Auditing;

/// <summary>The hash chain over the audit: rows with their place in it, and its signed checkpoints.</summary>
public interface IAuditStore
{
    /// <summary>
    /// Opens a store to read from it, also beside the silo that uses it. Changes nothing, unlike <see cref="IOperationsStore.MigrateAsync"/>.
    /// </summary>
    /// <exception cref="StoreException">There is no store, or its schema is another version's; the message says which.</exception>
    Task OpenToReadAsync(CancellationToken cancel);

    /// <summary>At most one of each name.</summary>
    Task<IReadOnlyList<AuditCheckpoint>> CheckpointsAsync(CancellationToken cancel);

    /// <summary>Rows without a place in the chain whose time is before <paramref name="before"/>, by number.</summary>
    Task<IReadOnlyList<AuditEntry>> UnsealedAsync(DateTimeOffset before, int limit, CancellationToken cancel);

    Task<AuditTally> TallyAsync(CancellationToken cancel);

    /// <summary>Sealed rows with a greater sequence, by sequence.</summary>
    Task<IReadOnlyList<AuditEntry>> SealedAsync(long afterSequence, int limit, CancellationToken cancel);

    /// <summary>All rows with a greater number, by number.</summary>
    Task<IReadOnlyList<AuditEntry>> EntriesAsync(long afterNumber, int limit, CancellationToken cancel);

    /// <summary>Gives rows their places and moves the head, in one transaction.</summary>
    /// <param name="expected">The head as it must be stored now; null: there must be none.</param>
    /// <returns>False where another sealer was first; then nothing is changed.</returns>
    Task<bool> SealAsync(AuditCheckpoint? expected, AuditCheckpoint head, IReadOnlyList<AuditSeal> seals, CancellationToken cancel);

    /// <summary>Deletes the sealed rows up to <paramref name="start"/> and stores it, in one transaction.</summary>
    /// <param name="expected">The start as it must be stored now; null: there must be none.</param>
    /// <returns>False where another silo was first; then nothing is changed.</returns>
    Task<bool> DeleteSealedAsync(AuditCheckpoint? expected, AuditCheckpoint start, CancellationToken cancel);
}
