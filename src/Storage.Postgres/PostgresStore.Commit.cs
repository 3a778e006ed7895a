using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Postgres.Commits;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Statements;

namespace ExecutionGrains.Storage.Postgres;

public sealed partial class PostgresStore
{
    /// <summary>True: the database may have other silos as clients.</summary>
    public bool IsShared => true;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AppendOutcome>> CommitAsync(IReadOnlyList<Append> appends, CancellationToken cancel)
    {
        CheckOpen();
        if (appends.Count == 0)
        {
            return [];
        }

        await free.WaitAsync(cancel).ConfigureAwait(false);
        CommitWriter? writer = null;
        try
        {
            return writers.TryTake(out writer)
                ? await writer.CommitAsync(appends).ConfigureAwait(false)
                : throw new StoreException("commit", "the store is closed.", transient: false);
        }
        finally
        {
            if (writer is not null)
            {
                writers.Add(writer);
            }

            free.Release();
        }
    }

    /// <inheritdoc/>
    public Task<ExecutionState?> LoadAsync(ExecutionId id, CancellationToken cancel) =>
        OneAsync("load an execution", "LoadExecution", row => StateJson.Read(row.Blob(0)), cancel, ("id", id.Value));

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<ExecutionId, long>> RevisionsAsync(IReadOnlyCollection<ExecutionId> ids, CancellationToken cancel)
    {
        string[] asked = [.. ids.Select(id => id.Value)];
        var rows = await AllAsync(
            "read revisions", "ReadRevisions", row => (Id: new ExecutionId { Value = row.Text(0) }, Revision: row.Long(1)), cancel, ("id", asked))
            .ConfigureAwait(false);
        return rows.ToDictionary(row => row.Id, row => row.Revision);
    }

    /// <inheritdoc/>
    public async Task<bool> WasCommittedAsync(ExecutionState state, long sequence, long commitId, CancellationToken cancel) =>
        await HistoryAsync("read back a commit", state, new(sequence - 1, sequence), newestFirst: true, 1, cancel).ConfigureAwait(false) is [var (_, stored)]
        && stored == commitId;

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(Deletion deletion, CancellationToken cancel)
    {
        var (state, audit) = (deletion.State, deletion.Audit);
        var gone = await RunAsync(
            "forget an execution",
            connection => connection.AllAsync(
                SqlText.OfDay("DeleteExecution", UnixMicroseconds.Day(state.CreatedAt)),
                row => row.Long(0),
                cancel,
                [
                    ("id", state.Id.Value), ("revision", state.Revision), ("id_hash", deletion.IdHash),
                    ("expires_at", UnixMicroseconds.From(deletion.ExpiresAt)),
                    .. Values(audit),
                ]),
            cancel).ConfigureAwait(false);
        if (gone is not [var number])
        {
            return false;
        }

        try
        {
            await DeleteBatchAsync(number, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreException)
        {
            // The execution is gone. FinishDeletionsAsync deletes the rest.
        }

        return true;
    }

    /// <inheritdoc/>
    public async Task FinishDeletionsAsync(CancellationToken cancel)
    {
        while (await DeleteBatchAsync(null, cancel).ConfigureAwait(false))
        {
            // Each batch is a transaction of its own, so that commits go on between them.
        }
    }

    /// <summary>Deletes some rows of one deleted execution.</summary>
    /// <param name="execution">Its internal number. Null: any.</param>
    /// <returns>Whether there was such an execution.</returns>
    private Task<bool> DeleteBatchAsync(long? execution, CancellationToken cancel) => RunAsync(
        "delete the rest of an execution",
        async connection =>
        {
            var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var next = await connection.AllAsync(
                    SqlText.Query("FindDeletion"), row => (Number: row.Long(0), Day: row.Int(1)), cancel, ("execution", execution)).ConfigureAwait(false);
                if (next is not [var (number, day)])
                {
                    return false;
                }

                var deleted = await connection.AllAsync(
                    SqlText.OfDay("DeleteBatch", day),
                    row => row.Long(0),
                    cancel,
                    ("execution", number),
                    ("row_max", options.DeletionBatch)).ConfigureAwait(false);
                if (deleted[0] < options.DeletionBatch)
                {
                    await connection.RunAsync(SqlText.Query("EndDeletion"), cancel, ("execution", number)).ConfigureAwait(false);
                }

                await transaction.CommitAsync(cancel).ConfigureAwait(false);
                return true;
            }
        },
        cancel);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DueExecution>> DueAsync(
        int bucket, DateTimeOffset now, DueExecution? after, int limit, CancellationToken cancel) => await AllAsync(
        "list due executions",
        "ListDue",
        Rows.Due,
        cancel,
        ("bucket", bucket),
        ("now", UnixMicroseconds.From(now)),
        ("after_due_at", UnixMicroseconds.From(after?.DueAt ?? DateTimeOffset.UnixEpoch)),
        ("after_id", after?.Id.Value ?? string.Empty),
        ("row_max", limit)).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task<(long Live, long Due)> CountDueAsync(DateTimeOffset now, CancellationToken cancel) =>
        OneAsync("count due executions", "CountDue", row => (row.Long(0), row.Long(1)), cancel, ("now", UnixMicroseconds.From(now)));
}
