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
        s => [.. ListPlan.For(s, new(filter), options.ExamineMax).SelectMany(stream => stream.Explain(s))],
        CancellationToken.None);

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
        var streams = ListPlan.For(session, filter, options.ExamineMax);
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
        var last = sure.Count > limit ? page[^1].Key : boundary;
        return new(
            page.ConvertAll(hit => Load(session, hit.Value)),
            last is { } l ? Cursor.Write(filter.Canonical, l.CreatedAt.ToString(), l.Id) : null);
    }
}
