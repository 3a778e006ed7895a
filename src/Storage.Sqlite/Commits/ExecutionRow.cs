using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Sqlite.Statements;
using ExecutionGrains.Storage.Statements;

namespace ExecutionGrains.Storage.Sqlite.Commits;

/// <summary>Writes an execution's row, and its label rows if they changed.</summary>
internal static class ExecutionRow
{
    public static void Write(Session session, Append append, Tail tail)
    {
        var state = EncodedState.For(append) ?? EncodedState.Of(append.State).Json;
        if (!append.Relists && append.BaseRevision != 0 && Advance(session, append, tail, state))
        {
            return;
        }

        var labels = StateJson.Labels(LabelRows.Of(append.State));
        if (append.BaseRevision == 0)
        {
            Insert(session, append, tail, state, labels);
            ReplaceLabels(session, append.State, [], labels);
        }
        else if (!Touch(session, append, tail, state, labels) && !Renew(session, append, tail, state, labels))
        {
            var before = session["ReadLabels"].Int("number", tail.Number).One(r => Labelled(r.TextOrNull(0), r.Text(1), r.Text(2), r.Text(3)));
            if (!Move(session, append, tail, state, labels))
            {
                Update(session, append, tail, state, labels);
            }

            ReplaceLabels(session, append.State, before!, labels);
        }
    }

    public static void DeleteLabels(Session session, ExecutionState state, long number)
    {
        var rows = session["ReadLabels"].Int("number", number).One(r => Labelled(r.TextOrNull(0), r.Text(1), r.Text(2), r.Text(3)));
        foreach (var (key, value, facet) in rows ?? [])
        {
            session["DeleteLabel"].Text("key", key).Text("value", value).Text("facet", facet).Time("created_at", state.CreatedAt)
                .Text("execution_id", state.Id.Value).Run();
        }
    }

    private static void Insert(Session session, Append append, Tail tail, byte[] state, string? labels)
    {
        var s = append.State;
        session["InsertExecution"]
            .Int("number", tail.Number).Text("id", s.Id.Value).Int("bucket", ExecutionBucket.Of(s.Id)).Text("namespace", s.Namespace)
            .Text("workflow", s.Workflow).Text("status", s.Status.Word()).Text("cause", s.Cause?.Word())
            .Int("revision", s.Revision).Int("epoch", s.Epoch).Time("due_at", append.DueAt).Time("created_at", s.CreatedAt).Time("started_at", s.StartedAt)
            .Time("ended_at", s.EndedAt).Text("worker_id", s.Worker?.WorkerId)
            .Text("triggered_by", TriggeredBy(s)).Text("resolution", s.Resolution?.Resolution.Word()).Int("late_count", s.LateCount).Text("labels", labels)
            .Int("last_history", tail.LastHistory).Int("history_sequence", tail.HistorySequence).Int("last_step", tail.LastStep)
            .Int("step_sequence", tail.StepSequence).Time("closed_at", EpochRows.ClosedAt(s)).Int("duration", Duration(s))
            .Text("epochs", EpochRows.Text(s)).Blob("state", state).Run();
    }

    /// <summary>Updates only what every event changes; the append states that nothing else has. False if the row did not match.</summary>
    private static bool Advance(Session session, Append append, Tail tail, byte[] state) => session["AdvanceExecution"]
        .Int("revision", append.State.Revision).Int("last_history", tail.LastHistory).Int("history_sequence", tail.HistorySequence)
        .Int("last_step", tail.LastStep).Int("step_sequence", tail.StepSequence).Blob("state", state)
        .Int("number", tail.Number).Int("base_revision", tail.Revision).Time("due_at", append.DueAt).Run() == 1;

    /// <summary>Tries the cheap update, which touches no index. False if an indexed value has changed.</summary>
    private static bool Touch(Session session, Append append, Tail tail, byte[] state, string? labels)
    {
        var statement = Base(Change(session["TouchExecution"], append, tail, state), tail);
        return Same(statement, append.State, labels).Time("due_at", append.DueAt).Run() == 1;
    }

    private static bool Renew(Session session, Append append, Tail tail, byte[] state, string? labels)
    {
        var statement = Base(Change(session["RenewExecution"], append, tail, state).Time("due_at", append.DueAt), tail);
        return Same(statement, append.State, labels).Run() == 1;
    }

    private static bool Move(Session session, Append append, Tail tail, byte[] state, string? labels)
    {
        var statement = Moved(Change(session["MoveExecution"], append, tail, state).Time("due_at", append.DueAt), append.State);
        return Fixed(Base(statement, tail), append.State, labels).Text("epochs", EpochRows.Text(append.State)).Run() == 1;
    }

    private static void Update(Session session, Append append, Tail tail, byte[] state, string? labels)
    {
        var statement = Moved(Change(session["UpdateExecution"], append, tail, state).Time("due_at", append.DueAt), append.State);
        Base(Fixed(statement, append.State, labels).Text("epochs", EpochRows.Text(append.State)), tail).Run();
    }

    /// <summary>The values that every update writes.</summary>
    private static Statement Change(Statement statement, Append append, Tail tail, byte[] state) => statement
        .Int("revision", append.State.Revision).Int("epoch", append.State.Epoch).Int("last_history", tail.LastHistory)
        .Int("history_sequence", tail.HistorySequence)
        .Int("last_step", tail.LastStep).Int("step_sequence", tail.StepSequence).Blob("state", state);

    /// <summary>Binds the row and the revision that it must still have.</summary>
    private static Statement Base(Statement statement, Tail tail) => statement.Int("number", tail.Number).Int("base_revision", tail.Revision);

    /// <summary>The values that change at most once in an execution's life.</summary>
    private static Statement Fixed(Statement statement, ExecutionState s, string? labels) => statement
        .Text("namespace", s.Namespace).Text("workflow", s.Workflow).Time("created_at", s.CreatedAt).Time("started_at", s.StartedAt)
        .Text("worker_id", s.Worker?.WorkerId).Text("triggered_by", TriggeredBy(s))
        .Text("resolution", s.Resolution?.Resolution.Word()).Int("late_count", s.LateCount).Text("labels", labels);

    /// <summary>The values that must be unchanged for the updates that touch no index, or only that of the due time.</summary>
    private static Statement Same(Statement statement, ExecutionState s, string? labels) =>
        Status(Ended(Fixed(statement, s, labels), s).Text("epochs", EpochRows.Text(s)), s);

    /// <summary>The values that change with the status.</summary>
    private static Statement Moved(Statement statement, ExecutionState s) => Status(Ended(statement, s).Int("duration", Duration(s)), s);

    private static long? Duration(ExecutionState s) => UnixMicroseconds.From(s.EndedAt) - UnixMicroseconds.From(s.StartedAt ?? s.CreatedAt);

    private static Statement Ended(Statement statement, ExecutionState s) => statement.Time("ended_at", s.EndedAt).Time("closed_at", EpochRows.ClosedAt(s));

    private static Statement Status(Statement statement, ExecutionState s) => statement.Text("status", s.Status.Word()).Text("cause", s.Cause?.Word());

    private static void ReplaceLabels(Session session, ExecutionState s, HashSet<(string, string, string)> before, string? labels)
    {
        var after = Labelled(labels, s.Status.Word(), s.Workflow, s.Namespace);
        foreach (var (key, value, facet) in before.Except(after))
        {
            session["DeleteLabel"].Text("key", key).Text("value", value).Text("facet", facet).Time("created_at", s.CreatedAt).Text("execution_id", s.Id.Value)
                .Run();
        }

        foreach (var (key, value, facet) in after.Except(before))
        {
            session["InsertLabel"].Text("key", key).Text("value", value).Text("facet", facet).Time("created_at", s.CreatedAt).Text("execution_id", s.Id.Value)
                .Run();
        }
    }

    private static HashSet<(string Key, string Value, string Facet)> Labelled(string? labels, string status, string workflow, string @namespace) =>
        [.. StateJson.ReadLabels(labels).SelectMany(_ => ListIndex.Facets(status, workflow, @namespace), (l, facet) => (l.Key, l.Value, facet))];

    private static string TriggeredBy(ExecutionState state) => state.Facts.TriggeredBy ?? state.CreatedBy;
}
