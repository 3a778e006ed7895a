using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Sqlite.Statements;

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
            var before = session["execution-labels"].Int(tail.Number).One(r => Labelled(r.TextOrNull(0), r.Text(1), r.Text(2), r.Text(3)));
            if (!Move(session, append, tail, state, labels))
            {
                Update(session, append, tail, state, labels);
            }

            ReplaceLabels(session, append.State, before!, labels);
        }
    }

    public static void DeleteLabels(Session session, ExecutionState state, long number)
    {
        var rows = session["execution-labels"].Int(number).One(r => Labelled(r.TextOrNull(0), r.Text(1), r.Text(2), r.Text(3)));
        foreach (var (key, value, facet) in rows ?? [])
        {
            session["label-delete"].Text(key).Text(value).Text(facet).Time(state.CreatedAt).Text(state.Id.Value).Run();
        }
    }

    private static void Insert(Session session, Append append, Tail tail, byte[] state, string? labels)
    {
        var s = append.State;
        session["execution-insert"]
            .Int(tail.Number).Text(s.Id.Value).Int(ExecutionBucket.Of(s.Id)).Text(s.Namespace).Text(s.Workflow).Text(s.Status.Word()).Text(s.Cause?.Word())
            .Int(s.Revision).Int(s.Epoch).Time(append.DueAt).Time(s.CreatedAt).Time(s.StartedAt).Time(s.EndedAt).Text(s.Worker?.WorkerId)
            .Text(TriggeredBy(s)).Text(s.Resolution?.Resolution.Word()).Int(s.LateCount).Text(labels)
            .Int(tail.LastHistory).Int(tail.HistorySequence).Int(tail.LastStep).Int(tail.StepSequence).Time(EpochRows.ClosedAt(s)).Int(Duration(s))
            .Text(EpochRows.Text(s)).Blob(state).Run();
    }

    /// <summary>Updates only what every event changes; the append states that nothing else has. False if the row did not match.</summary>
    private static bool Advance(Session session, Append append, Tail tail, byte[] state) => session["execution-advance"]
        .Int(append.State.Revision).Int(tail.LastHistory).Int(tail.HistorySequence).Int(tail.LastStep).Int(tail.StepSequence).Blob(state)
        .Int(tail.Number).Int(tail.Revision).Time(append.DueAt).Run() == 1;

    /// <summary>Tries the cheap update, which touches no index. False if an indexed value has changed.</summary>
    private static bool Touch(Session session, Append append, Tail tail, byte[] state, string? labels)
    {
        var statement = Change(session["execution-touch"], append, tail, state).Int(tail.Number).Int(tail.Revision);
        return Same(statement, append.State, labels).Time(append.DueAt).Run() == 1;
    }

    private static bool Renew(Session session, Append append, Tail tail, byte[] state, string? labels)
    {
        var statement = Change(session["execution-lease"], append, tail, state).Time(append.DueAt).Int(tail.Number).Int(tail.Revision);
        return Same(statement, append.State, labels).Run() == 1;
    }

    private static bool Move(Session session, Append append, Tail tail, byte[] state, string? labels)
    {
        var statement = Moved(Change(session["execution-move"], append, tail, state).Time(append.DueAt), append.State);
        return Fixed(statement.Int(tail.Number).Int(tail.Revision), append.State, labels).Text(EpochRows.Text(append.State)).Run() == 1;
    }

    private static void Update(Session session, Append append, Tail tail, byte[] state, string? labels)
    {
        var statement = Moved(Change(session["execution-update"], append, tail, state).Time(append.DueAt), append.State);
        Fixed(statement, append.State, labels).Text(EpochRows.Text(append.State)).Int(tail.Number).Int(tail.Revision).Run();
    }

    /// <summary>The values that every update writes.</summary>
    private static Statement Change(Statement statement, Append append, Tail tail, byte[] state) => statement
        .Int(append.State.Revision).Int(append.State.Epoch).Int(tail.LastHistory).Int(tail.HistorySequence)
        .Int(tail.LastStep).Int(tail.StepSequence).Blob(state);

    /// <summary>The values that change at most once in an execution's life.</summary>
    private static Statement Fixed(Statement statement, ExecutionState s, string? labels) => statement
        .Text(s.Namespace).Text(s.Workflow).Time(s.CreatedAt).Time(s.StartedAt).Text(s.Worker?.WorkerId).Text(TriggeredBy(s))
        .Text(s.Resolution?.Resolution.Word()).Int(s.LateCount).Text(labels);

    /// <summary>The values that must be unchanged for the updates that touch no index, or only that of the due time.</summary>
    private static Statement Same(Statement statement, ExecutionState s, string? labels) =>
        Status(Ended(Fixed(statement, s, labels), s).Text(EpochRows.Text(s)), s);

    /// <summary>The values that change with the status.</summary>
    private static Statement Moved(Statement statement, ExecutionState s) => Status(Ended(statement, s).Int(Duration(s)), s);

    private static long? Duration(ExecutionState s) => UnixMicroseconds.From(s.EndedAt) - UnixMicroseconds.From(s.StartedAt ?? s.CreatedAt);

    private static Statement Ended(Statement statement, ExecutionState s) => statement.Time(s.EndedAt).Time(EpochRows.ClosedAt(s));

    private static Statement Status(Statement statement, ExecutionState s) => statement.Text(s.Status.Word()).Text(s.Cause?.Word());

    private static void ReplaceLabels(Session session, ExecutionState s, HashSet<(string, string, string)> before, string? labels)
    {
        var after = Labelled(labels, s.Status.Word(), s.Workflow, s.Namespace);
        foreach (var (key, value, facet) in before.Except(after))
        {
            session["label-delete"].Text(key).Text(value).Text(facet).Time(s.CreatedAt).Text(s.Id.Value).Run();
        }

        foreach (var (key, value, facet) in after.Except(before))
        {
            session["label-insert"].Text(key).Text(value).Text(facet).Time(s.CreatedAt).Text(s.Id.Value).Run();
        }
    }

    private static HashSet<(string Key, string Value, string Facet)> Labelled(string? labels, string status, string workflow, string @namespace) =>
        [.. StateJson.ReadLabels(labels).SelectMany(_ => ListIndex.Facets(status, workflow, @namespace), (l, facet) => (l.Key, l.Value, facet))];

    private static string TriggeredBy(ExecutionState state) => state.Facts.TriggeredBy ?? state.CreatedBy;
}
