using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage;

/// <summary>The port that grains and the janitor write through. Every store implements it; one contract suite tests it.</summary>
public interface IExecutionStore
{
    /// <summary>Whether other silos may write here too, so that what a silo remembers of an execution may be out of date.</summary>
    bool IsShared { get; }

    /// <summary>
    /// One transaction for many executions: one outcome per append, in order. A version mismatch, a found id or a bad row fails its own
    /// append only. No two appends of one call name the same execution.
    /// </summary>
    Task<IReadOnlyList<AppendOutcome>> CommitAsync(IReadOnlyList<Append> appends, CancellationToken cancel);

    /// <summary>
    /// Removes an execution and all that belongs to it, and leaves its tombstone and the audit's row, in one transaction. Figures stay as they are.
    /// </summary>
    /// <returns>False where the row is of another revision, or gone: nothing was written.</returns>
    /// <exception cref="StoreException">The store is away; it may have been done all the same.</exception>
    Task<bool> DeleteAsync(Deletion deletion, CancellationToken cancel);

    /// <summary>The row as stored; null where there is none.</summary>
    /// <exception cref="StoreException">The store is away.</exception>
    Task<ExecutionState?> LoadAsync(ExecutionId id, CancellationToken cancel);

    /// <summary>The stored revisions, in one query; executions without a row are left out. Asked only where the store is shared.</summary>
    /// <exception cref="StoreException">The store is away.</exception>
    Task<IReadOnlyDictionary<ExecutionId, long>> RevisionsAsync(IReadOnlyCollection<ExecutionId> ids, CancellationToken cancel);

    /// <summary>Whether the history row <paramref name="sequence"/> was written by this commit.</summary>
    Task<bool> WasCommittedAsync(ExecutionState state, long sequence, long commitId, CancellationToken cancel);

    /// <summary>Executions of a bucket (0 to 15) whose due time has come, most overdue first, beyond <paramref name="after"/>. A hint: the grain decides.</summary>
    Task<IReadOnlyList<DueExecution>> DueAsync(int bucket, DateTimeOffset now, DueExecution? after, int limit, CancellationToken cancel);

    /// <summary>Live (claimed or running) executions, and how many of them are due, over all buckets. For the mass-loss hold.</summary>
    Task<(long Live, long Due)> CountDueAsync(DateTimeOffset now, CancellationToken cancel);
}
