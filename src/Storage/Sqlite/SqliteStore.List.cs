using ExecutionGrains.Rules;

namespace ExecutionGrains.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public Task<Page<ExecutionState>> ListAsync(ExecutionFilter filter, int limit, string? cursor, CancellationToken cancel)
    {
        var asked = new ListFilter(filter);
        var from = Cursor.Read(asked.Canonical, cursor, 2) is [var created, var id]
            ? new ListKey(Cursor.Number(created), id)
            : ListKey.Newest;
        return asked.IsEmpty
            ? Task.FromResult(new Page<ExecutionState>([], null))
            : Readers.RunAsync("list executions", session => session.InSnapshot(s => List(s, asked, limit, from)), cancel);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ExecutionState>> OldestRunningAsync(
        string? workflow, IReadOnlyList<string>? namespaces, int limit, CancellationToken cancel) =>
        Readers.RunAsync<IReadOnlyList<ExecutionState>>(
            "list the oldest running", session => session.InSnapshot(s => OldestRunning(s, workflow, namespaces, limit)), cancel);

    /// <summary>How the engine goes about a list: its query plan, a line per step.</summary>
    internal Task<IReadOnlyList<string>> ExplainListAsync(ExecutionFilter filter) => Readers.RunAsync<IReadOnlyList<string>>(
        "explain a list",
        s => [.. ListPlan.Attempts(s, new(filter), options.ExamineMax).SelectMany(streams => streams).SelectMany(stream => stream.Explain(s))],
        CancellationToken.None);

    /// <summary>Runs a pragma on the connection that writes, and gives its one number.</summary>
    internal Task<long> PragmaAsync(string pragma) => Writer.RunAsync("run a pragma", s => s.Filled($"pragma {pragma}").One(row => row.Long(0)));

    /// <summary><c>ok</c>, or what is wrong with the file.</summary>
    internal Task<string?> IntegrityAsync() => Readers.RunAsync(
        "check the file", s => s.Filled("pragma integrity_check").One(row => row.Text(0)), CancellationToken.None);

    private static List<ExecutionState> OldestRunning(Session session, string? workflow, IReadOnlyList<string>? namespaces, int limit)
    {
        IEnumerable<(ListKey Key, long Number)> found = (workflow, namespaces) switch
        {
            (null, null) => session["oldest-running"].Int(limit).All(Place),
            (null, var some) => some.Distinct(StringComparer.Ordinal).SelectMany(n => session["oldest-running-namespace"].Text(n).Int(limit).All(Place)),
            _ => session["oldest-running-workflow"].Text(workflow).Text(StateJson.Texts(namespaces)).Int(limit).All(Place),
        };
        return [.. found.OrderByDescending(f => f.Key).Take(limit).Select(f => Load(session, f.Number))];
    }

    private static (ListKey Key, long Number) Place(Statement row) => (new(row.Long(0), row.Text(1)), row.Long(2));

    private static ExecutionState Load(Session session, long number) =>
        session["execution-load-number"].Int(number).One(row => StateJson.Read(row.Bytes(0)))!;

    private Page<ExecutionState> List(Session session, ListFilter filter, int limit, ListKey from)
    {
        var (places, last) = (new List<long>(), default(ListKey?));
        foreach (var streams in ListPlan.Attempts(session, filter, options.ExamineMax))
        {
            (places, last) = Merge(session, streams, limit, from);
            if (places.Count == limit || last is null)
            {
                break;
            }
        }

        return new(
            places.ConvertAll(number => Load(session, number)),
            last is { } l ? Cursor.Write(filter.Canonical, l.CreatedAt.ToString(), l.Id) : null);
    }

    private static (List<long> Numbers, ListKey? Last) Merge(Session session, IReadOnlyList<ListStream> streams, int limit, ListKey from)
    {
        var hits = new SortedDictionary<ListKey, long>();
        ListKey? boundary = null;
        foreach (var stream in streams)
        {
            var end = stream.Read(session, from, limit + 1, hits);
            boundary = end is { } e && (boundary is not { } b || e.CompareTo(b) < 0) ? e : boundary;
        }

        // What lies behind the nearest boundary is not complete yet: it belongs to a later page.
        var sure = boundary is { } nearest ? hits.Where(h => h.Key.CompareTo(nearest) <= 0).ToList() : [.. hits];
        var page = sure.Take(limit).ToList();
        return (page.ConvertAll(hit => hit.Value), sure.Count > limit ? page[^1].Key : boundary);
    }
}
