using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Statements;

namespace ExecutionGrains.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <summary>False: the file's lock excludes other silos.</summary>
    public bool IsShared => false;

    /// <inheritdoc/>
    public Task<IReadOnlyList<AppendOutcome>> CommitAsync(IReadOnlyList<Append> appends, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var batch = commits ?? throw NotOpen();
        return Writer.RunAsync("commit", session => batch.Commit(session, appends));
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(Deletion deletion, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var batch = commits ?? throw NotOpen();
        if (await Writer.RunAsync("forget an execution", session => batch.Delete(session, deletion)).ConfigureAwait(false) is not { } execution)
        {
            return false;
        }

        try
        {
            await DeleteBatchAsync(execution).ConfigureAwait(false);
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
        while (await DeleteBatchAsync(null).ConfigureAwait(false))
        {
            // Each batch is a transaction of its own, so that commits go on between them.
            cancel.ThrowIfCancellationRequested();
        }
    }

    private Task<bool> DeleteBatchAsync(long? execution)
    {
        var batch = commits ?? throw NotOpen();
        return Writer.RunAsync("delete the rest of an execution", session => batch.DeleteBatch(session, execution, options.DeletionBatch));
    }

    /// <inheritdoc/>
    public Task<Rules.ExecutionState?> LoadAsync(ExecutionId id, CancellationToken cancel) => GrainReaders.RunAsync(
        "load an execution", s => s["LoadExecution"].Text("id", id.Value).One(row => StateJson.Read(row.Bytes(0))), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<ExecutionId, long>> RevisionsAsync(IReadOnlyCollection<ExecutionId> ids, CancellationToken cancel) =>
        GrainReaders.RunAsync<IReadOnlyDictionary<ExecutionId, long>>(
            "read revisions",
            session => session.InSnapshot(s =>
            {
                var revisions = new Dictionary<ExecutionId, long>(ids.Count);
                foreach (var id in ids)
                {
                    if (s["ReadRevision"].Text("id", id.Value).One(row => (long?)row.Long(0)) is { } revision)
                    {
                        revisions[id] = revision;
                    }
                }

                return revisions;
            }),
            cancel);

    /// <inheritdoc/>
    public Task<bool> WasCommittedAsync(Rules.ExecutionState state, long sequence, long commitId, CancellationToken cancel) => GrainReaders.RunAsync(
        "read back a commit",
        s => s["ListHistory"].Text("id", state.Id.Value).Int("high", sequence).Int("low", sequence - 1).Int("top", sequence).Int("direction", 1)
            .Int("row_max", 1).One(row => (long?)row.Long(11)) == commitId,
        cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DueExecution>> DueAsync(int bucket, DateTimeOffset now, DueExecution? after, int limit, CancellationToken cancel) =>
        GrainReaders.RunAsync<IReadOnlyList<DueExecution>>(
            "list due executions",
            s => s["ListDue"].Int("bucket", bucket).Time("now", now).Time("after_due_at", after?.DueAt ?? DateTimeOffset.UnixEpoch)
                .Text("after_id", after?.Id.Value ?? string.Empty).Int("row_max", limit)
                .All(Rows.Due),
            cancel);

    /// <inheritdoc/>
    public Task<(long Live, long Due)> CountDueAsync(DateTimeOffset now, CancellationToken cancel) =>
        GrainReaders.RunAsync("count due executions", s => s["CountDue"].Time("now", now).One(row => (row.Long(0), row.Long(1))), cancel);
}
