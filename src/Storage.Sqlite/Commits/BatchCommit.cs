using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Sqlite.Statements;
using ExecutionGrains.Storage.Statements;

namespace ExecutionGrains.Storage.Sqlite.Commits;

/// <summary>Commits many appends in one transaction, in the order of their ids, and the figures at the end. Used by the writer only.</summary>
/// <param name="idsGatheredMin">Ids that gather in memory before they move to the id index.</param>
internal sealed class BatchCommit(int idsGatheredMin)
{
    private readonly FiguresDelta figures = new();
    private readonly IdIndex ids = new(idsGatheredMin);
    private readonly WritePositions positions = new();

    public IReadOnlyList<AppendOutcome> Commit(Session session, IReadOnlyList<Append> appends)
    {
        try
        {
            return Run(session, appends, isolated: false);
        }
        catch (Exception e) when (SqliteFailure.IsOfOneAppend(e))
        {
            // One append is bad, so all were rolled back. Retry with a savepoint per append.
            return Run(session, appends, isolated: true);
        }
    }

    /// <summary>Deletes an execution, except for the rows that <see cref="DeleteBatch"/> deletes.</summary>
    /// <returns>Its internal number. Null: the row has another revision or does not exist.</returns>
    public long? Delete(Session session, Deletion deletion)
    {
        // Overwrite the deleted data in the file too, instead of only marking its pages as free.
        session.Control("pragma secure_delete = on");
        try
        {
            positions.Forget(deletion.State.Id.Value);
            if (session.InTransaction(s => DeleteAll(s, deletion)) is not { } execution)
            {
                return null;
            }

            ids.Forget(execution);
            return execution;
        }
        finally
        {
            session.Control("pragma secure_delete = off");
        }
    }

    /// <summary>Deletes some rows of a deleted execution.</summary>
    /// <param name="execution">Its internal number. Null: any.</param>
    /// <param name="limit">Rows of each table.</param>
    /// <returns>Whether there was such an execution.</returns>
    public bool DeleteBatch(Session session, long? execution, int limit)
    {
        session.Control("pragma secure_delete = on");
        try
        {
            if (session.InTransaction(s => DeletionBatch.Run(s, execution, limit)) is not { } batch)
            {
                return false;
            }

            if (batch.IsLast)
            {
                // Its number is free now, so no id of it may reach the index any more.
                ids.Forget(batch.Execution);
            }

            return true;
        }
        finally
        {
            session.Control("pragma secure_delete = off");
        }
    }

    /// <returns>The internal number of the execution. Null: nothing was deleted.</returns>
    private static long? DeleteAll(Session session, Deletion deletion)
    {
        if (session["ReadWritePosition"].Text("id", deletion.State.Id.Value).One(Tail.Read) is not { } stored || stored.Revision != deletion.State.Revision)
        {
            return null;
        }

        ExecutionRow.DeleteLabels(session, deletion.State, stored.Number);
        session["InsertDeletion"].Int("execution", stored.Number).Run();
        foreach (var rows in (string[])["Rejections", "Evidence", "FinalPayloads", "Execution"])
        {
            session[$"Delete{rows}"].Int("execution", stored.Number).Run();
        }

        session["InsertTombstone"].Blob("id_hash", deletion.IdHash).Time("expires_at", deletion.ExpiresAt).Run();
        AuditWriter.Write(session, deletion.Audit);
        return stored.Number;
    }

    private AppendOutcome[] Run(Session session, IReadOnlyList<Append> appends, bool isolated)
    {
        figures.Clear();
        var order = Enumerable.Range(0, appends.Count).ToArray();
        Array.Sort(order, (a, b) => string.CompareOrdinal(appends[a].State.Id.Value, appends[b].State.Id.Value));
        var done = session.InTransaction(s =>
        {
            ids.Begin(s);
            positions.Begin();
            var outcomes = new AppendOutcome[appends.Count];
            foreach (var i in order)
            {
                outcomes[i] = isolated ? Isolated(s, appends[i]) : One(s, appends[i]);
                if (outcomes[i] is AppendOutcome.Committed)
                {
                    figures.Add(appends[i]);
                }
            }

            ids.Move(s);
            figures.Write(s);
            return outcomes;
        });
        ids.Committed();
        positions.Committed();
        figures.Reset();
        return done;
    }

    private AppendOutcome Isolated(Session session, Append append)
    {
        session.Control("savepoint one_append");
        var mark = ids.Mark;
        try
        {
            return One(session, append);
        }
        catch (Exception e) when (SqliteFailure.IsOfOneAppend(e))
        {
            session.Control("rollback to one_append");
            ids.ForgetFrom(mark);
            return SqliteFailure.IsContent(e)
                ? new AppendOutcome.Refused(SqliteFailure.Reason(e))
                : new AppendOutcome.Unavailable(SqliteFailure.Reason(e), Uncertain: false);
        }
        finally
        {
            session.ReleaseIfOpen("one_append");
        }
    }

    private AppendOutcome One(Session session, Append append)
    {
        var id = append.State.Id.Value;
        var stored = positions.Take(session, id);
        if (append.BaseRevision != (stored?.Revision ?? 0))
        {
            return AppendOutcome.VersionMismatch.Instance;
        }

        if (stored is null && append.IdHash is { } hash && session["FindTombstone"].Blob("id_hash", hash).Time("now", append.State.CreatedAt).One(_ => true))
        {
            return AppendOutcome.Forgotten.Instance;
        }

        ids.BeginAppend();
        if (stored is not null && Find(session, append, stored.Number) is { } found)
        {
            return found;
        }

        var tail = stored ?? new Tail { Number = session["NextExecutionNumber"].One(r => r.Long(0)), Revision = 0 };
        var effects = new EffectWriter(session, append, tail, ids);
        foreach (var effect in append.Effects)
        {
            effects.Write(effect);
        }

        ExecutionRow.Write(session, append, tail);
        tail.Revision = append.State.Revision;
        positions.Put(id, tail);
        return AppendOutcome.Committed.Instance;
    }

    private AppendOutcome.IdsTaken? Find(Session session, Append append, long number)
    {
        List<StoredEvent> events = [];
        List<StepRow> steps = [];
        List<StoredRejection> rejections = [];
        foreach (var key in append.NewEvents)
        {
            Add(events, ids.Event(session, number, key) is { } row ? session["FindEvent"].Int("number", row).One(found => Rows.Event(found)) : null);
        }

        foreach (var step in append.NewSteps)
        {
            Add(steps, ids.Step(session, number, step) is { } row ? session["FindStep"].Int("number", row).One(found => Rows.Step(found)) : null);
        }

        foreach (var (code, epoch, eventId) in append.NewRejections)
        {
            Add(
                rejections,
                session["FindRejection"].Int("execution", number).Text("code", code.Word()).Int("epoch", epoch).Text("event_id", eventId)
                    .One(_ => new StoredRejection(code, epoch, eventId)));
        }

        return events.Count + steps.Count + rejections.Count > 0 ? new(events, steps, rejections) : null;
    }

    private static void Add<T>(List<T> found, T? one)
        where T : class
    {
        if (one is not null)
        {
            found.Add(one);
        }
    }
}
