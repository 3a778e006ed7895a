using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Stats;

namespace ExecutionGrains.Storage;

/// <summary>The store as used by grains and the janitor. One contract test suite runs against every implementation.</summary>
public interface IExecutionStore
{
    /// <summary>Whether other silos may write to this store too. If so, a silo's copy of an execution in memory may be out of date.</summary>
    bool IsShared { get; }

    /// <summary>
    /// Commits appends of many executions in one transaction. Returns one outcome per append, in order. A version mismatch, an id that exists or a bad row
    /// fails only its own append. No two appends of one call may belong to the same execution.
    /// </summary>
    Task<IReadOnlyList<AppendOutcome>> CommitAsync(IReadOnlyList<Append> appends, CancellationToken cancel);

    /// <summary>
    /// Deletes an execution, and writes its tombstone and the audit row, in one transaction.
    /// Its history, steps and log lines can no longer be found from then on.
    /// The first some hundred of them are deleted in a second transaction, the others by <see cref="IOperationsStore.FinishDeletionsAsync"/>. Figures are not
    /// changed.
    /// </summary>
    /// <returns>False if the row has another revision or does not exist. Nothing is written then.</returns>
    /// <exception cref="StoreException">The store is unavailable. The deletion may have happened all the same.</exception>
    Task<bool> DeleteAsync(Deletion deletion, CancellationToken cancel);

    /// <summary>The stored state. Null: there is no row.</summary>
    /// <exception cref="StoreException">The store is unavailable.</exception>
    Task<ExecutionState?> LoadAsync(ExecutionId id, CancellationToken cancel);

    /// <summary>The stored revisions, read in one query. Executions without a row are omitted. Called only if <see cref="IsShared"/>.</summary>
    /// <exception cref="StoreException">The store is unavailable.</exception>
    Task<IReadOnlyDictionary<ExecutionId, long>> RevisionsAsync(IReadOnlyCollection<ExecutionId> ids, CancellationToken cancel);

    /// <summary>Whether the commit <paramref name="commitId"/> wrote the history row <paramref name="sequence"/>.</summary>
    Task<bool> WasCommittedAsync(ExecutionState state, long sequence, long commitId, CancellationToken cancel);

    /// <summary>
    /// Executions of a bucket (0 to 15) that are due, most overdue first, starting after <paramref name="after"/>. Only a hint: the grain decides.
    /// </summary>
    Task<IReadOnlyList<DueExecution>> DueAsync(int bucket, DateTimeOffset now, DueExecution? after, int limit, CancellationToken cancel);

    /// <summary>
    /// Counts the live (claimed or running) executions of all buckets, and how many of them are due. The janitor uses it to hold a sweep that would mark too
    /// large a share as lost.
    /// </summary>
    Task<(long Live, long Due)> CountDueAsync(DateTimeOffset now, CancellationToken cancel);
}
