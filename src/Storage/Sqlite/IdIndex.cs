using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExecutionGrains.Storage.Sqlite;

/// <summary>
/// Which row has taken the id of an event or of a step. In an index of all of them every event's entry lies in a page of its execution's own, and those pages were most of what a commit wrote.
/// So the newest are known here only, read from the rows themselves when the file is opened, and go to the index a few with each commit, an execution's together. Used by the writer only.
/// </summary>
/// <param name="gatheredMin">So many gather before they leave for the index: the more, the more of one execution share the page that is written.</param>
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

    /// <summary>How many ids the transaction has added so far.</summary>
    public int Mark => added.Count;

    /// <summary>At the start of a transaction. What the last one added and did not commit is forgotten.</summary>
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

    /// <summary>An execution's rows were removed: so are its ids. The others go on to the index where they were.</summary>
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

    /// <summary>Before each append: what was found absent for the last one is nobody's business any more.</summary>
    public void BeginAppend() => absent.Clear();

    /// <summary>What was added since that mark is rolled back.</summary>
    public void ForgetFrom(int mark)
    {
        foreach (var id in CollectionsMarshal.AsSpan(added)[mark..])
        {
            gathering.Remove(id);
        }

        added.RemoveRange(mark, added.Count - mark);
    }

    /// <summary>The row of history; null: the id is free.</summary>
    public long? Event(Session session, long execution, EventKey key) => Find(session, Id.Of(execution, key));

    /// <summary>The step's row; null: there is none.</summary>
    public long? Step(Session session, long execution, StepKey step) =>
        step.Epoch > 0 ? Find(session, new(execution, step.Epoch, Stored(step.StepId))) : null;

    /// <exception cref="SqliteException">The id is taken.</exception>
    public void AddEvent(Session session, long execution, EventKey key, long number) => Add(session, Id.Of(execution, key), number);

    /// <exception cref="SqliteException">The step is there, or its epoch is none.</exception>
    public void AddStep(Session session, long execution, StepKey step, long number)
    {
        if (step.Epoch <= 0)
        {
            throw new SqliteException($"The step is of epoch {step.Epoch}.", raw.SQLITE_CONSTRAINT);
        }

        Add(session, new(execution, step.Epoch, Stored(step.StepId)), number);
    }

    /// <summary>At the end of a transaction: somewhat more than it has added go to the index, so that those that leave are gone before as many have gathered.</summary>
    public void Move(Session session)
    {
        for (var until = Math.Min(order.Count, moved + added.Count + (added.Count / 4) + 1); moved < until; moved++)
        {
            var (id, number) = order[moved];
            session["taken-id-insert"].Int(id.Execution).Int(id.Space).Text(id.Text).Int(number).Run();
        }

        if (order.Count > 0 && moved == order.Count)
        {
            session["taken-ids-end-write"].Int(Newest(ofEvents: true)).Int(Newest(ofEvents: false)).Run();
        }
    }

    /// <summary>The transaction is durable.</summary>
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

    /// <summary>As the text is stored: what is no Unicode in it becomes U+FFFD.</summary>
    private static string Stored(string text) =>
        text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) : text;

    private void Read(Session session)
    {
        foreach (var (id, number) in session["taken-ids-of-history"].All(row => (Id.Of(row.Long(0), new((int)row.Long(1), row.Text(2))), row.Long(3))))
        {
            gathering[id] = number;
        }

        foreach (var (id, number) in session["taken-ids-of-steps"].All(row => (new Id(row.Long(0), (int)row.Long(1), row.Text(2)), row.Long(3))))
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

        var stored = session["taken-id-find"].Int(id.Execution).Int(id.Space).Text(id.Text).One(row => (long?)row.Long(0));
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
            throw new SqliteException($"«{id.Text}» is taken.", raw.SQLITE_CONSTRAINT);
        }

        added.Add(id);
    }

    private long Newest(bool ofEvents) => order.Where(entry => entry.Key.IsEvent == ofEvents).Select(entry => entry.Value).DefaultIfEmpty().Max();

    /// <param name="Space">The epoch for steps; 0 for events of epoch 1, and below it those of later epochs (column <c>epoch</c>).</param>
    private readonly record struct Id(long Execution, int Space, string Text)
    {
        public bool IsEvent => Space <= 0;

        public static Id Of(long execution, EventKey key) => new(execution, 1 - key.Epoch, Stored(key.EventId));
    }
}
