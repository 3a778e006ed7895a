using System.Runtime.InteropServices;
using System.Text;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Sqlite.Statements;
using ExecutionGrains.Storage.Statements;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExecutionGrains.Storage.Sqlite.Commits;

/// <summary>
/// Finds the row of an event id or step id. An index over all ids would write a different page for every execution's event, and those pages were most of what
/// a commit wrote. So the newest ids are kept in memory only, and are read from the rows themselves when the file is opened. They move to the index in small
/// groups with each commit, ordered by execution. Used by the writer only.
/// </summary>
/// <param name="gatheredMin">Ids that gather before they move to the index. With more, more ids of one execution share the written page.</param>
internal sealed class IdIndex(int gatheredMin)
{
    private readonly HashSet<Id> absent = [];
    private readonly List<Id> added = [];
    private readonly List<KeyValuePair<Id, long>> order = new(2 * gatheredMin);
    private Dictionary<Id, long> gathering = new(2 * gatheredMin);
    private Dictionary<Id, long> leaving = new(2 * gatheredMin);
    private int moved;
    private int movedDurably;
    private bool isRead;

    /// <summary>Number of ids that the transaction has added so far.</summary>
    public int Mark => added.Count;

    /// <summary>Called at the start of a transaction. Discards what the last one added without committing.</summary>
    public void Begin(Session session)
    {
        ForgetFrom(0);
        moved = movedDurably;
        if (!isRead)
        {
            Read(session);
            isRead = true;
        }
    }

    /// <summary>Removes the ids of an execution whose rows were deleted. Ids of other executions keep their progress to the index.</summary>
    public void Forget(long execution)
    {
        ForgetFrom(0);
        absent.Clear();
        moved = movedDurably;
        foreach (var id in gathering.Keys.Concat(leaving.Keys).Where(id => id.Execution == execution).ToArray())
        {
            gathering.Remove(id);
            leaving.Remove(id);
        }

        moved -= order.Take(moved).Count(entry => entry.Key.Execution == execution);
        movedDurably = moved;
        order.RemoveAll(entry => entry.Key.Execution == execution);
    }

    /// <summary>Called before each append. Discards the ids that were looked up for the previous append and not found.</summary>
    public void BeginAppend() => absent.Clear();

    /// <summary>Removes the ids added since the mark, because they are rolled back.</summary>
    public void ForgetFrom(int mark)
    {
        foreach (var id in CollectionsMarshal.AsSpan(added)[mark..])
        {
            gathering.Remove(id);
        }

        added.RemoveRange(mark, added.Count - mark);
    }

    /// <summary>The history row of an event id. Null: there is none.</summary>
    public long? Event(Session session, long execution, EventKey key) => Find(session, Id.Of(execution, key));

    /// <summary>The row of a step. Null: there is none.</summary>
    public long? Step(Session session, long execution, StepKey step) =>
        step.Epoch > 0 ? Find(session, new(execution, step.Epoch, Stored(step.StepId))) : null;

    /// <exception cref="SqliteException">The id exists already.</exception>
    public void AddEvent(Session session, long execution, EventKey key, long number) => Add(session, Id.Of(execution, key), number);

    /// <exception cref="SqliteException">The step exists already, or its epoch is not positive.</exception>
    public void AddStep(Session session, long execution, StepKey step, long number)
    {
        if (step.Epoch <= 0)
        {
            throw new SqliteException($"The epoch {step.Epoch} of the step is not positive.", raw.SQLITE_CONSTRAINT);
        }

        Add(session, new(execution, step.Epoch, Stored(step.StepId)), number);
    }

    /// <summary>
    /// Called at the end of a transaction. Moves slightly more ids to the index than the transaction added, so that one group is moved before the next is
    /// full.
    /// </summary>
    public void Move(Session session)
    {
        for (var until = Math.Min(order.Count, moved + added.Count + (added.Count / 4) + 1); moved < until; moved++)
        {
            var (id, number) = order[moved];
            session["InsertTakenId"].Int("execution", id.Execution).Int("space", id.Space).Text("id", id.Text).Int("number", number).Run();
        }

        if (order.Count > 0 && moved == order.Count)
        {
            session["RaiseTakenIdsEnd"].Int("history", Newest(ofEvents: true)).Int("steps", Newest(ofEvents: false)).Run();
        }
    }

    /// <summary>Called when the transaction is durable.</summary>
    public void Committed()
    {
        added.Clear();
        movedDurably = moved;
        if (moved < order.Count)
        {
            return;
        }

        leaving.Clear();
        order.Clear();
        (moved, movedDurably) = (0, 0);
        if (gathering.Count >= gatheredMin)
        {
            (leaving, gathering) = (gathering, leaving);
            order.AddRange(leaving);
            order.Sort((a, b) => (a.Key.Execution, a.Key.Space).CompareTo((b.Key.Execution, b.Key.Space)));
        }
    }

    /// <summary>The text as stored: invalid Unicode becomes U+FFFD.</summary>
    private static string Stored(string text) =>
        text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;

    private void Read(Session session)
    {
        foreach (var (id, number) in session["ListIdsOfHistory"].All(row => (Id.Of(row.Long(0), new((int)row.Long(1), row.Text(2))), row.Long(3))))
        {
            gathering[id] = number;
        }

        foreach (var (id, number) in session["ListIdsOfSteps"].All(row => (new Id(row.Long(0), (int)row.Long(1), row.Text(2)), row.Long(3))))
        {
            gathering[id] = number;
        }
    }

    private long? Find(Session session, Id id)
    {
        if (gathering.TryGetValue(id, out var number) || leaving.TryGetValue(id, out number))
        {
            return number;
        }

        var stored = session["FindTakenId"].Int("execution", id.Execution).Int("space", id.Space).Text("id", id.Text).One(row => (long?)row.Long(0));
        if (stored is null)
        {
            absent.Add(id);
        }

        return stored;
    }

    private void Add(Session session, Id id, long number)
    {
        if ((!absent.Remove(id) && Find(session, id) is not null) || !gathering.TryAdd(id, number))
        {
            throw new SqliteException($"The id «{id.Text}» exists already.", raw.SQLITE_CONSTRAINT);
        }

        added.Add(id);
    }

    private long Newest(bool ofEvents) => order.Where(entry => entry.Key.IsEvent == ofEvents).Select(entry => entry.Value).DefaultIfEmpty().Max();

    /// <param name="Space">Column <c>epoch</c>. Steps: the epoch, from 1. Events: 0 for epoch 1, -1 for epoch 2 and so on.</param>
    private readonly record struct Id(long Execution, int Space, string Text)
    {
        public bool IsEvent => Space <= 0;

        public static Id Of(long execution, EventKey key) => new(execution, 1 - key.Epoch, Stored(key.EventId));
    }
}
