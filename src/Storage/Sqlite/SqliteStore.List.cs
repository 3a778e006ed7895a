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

    /// <summary>How the engine goes about a list: its query plan, a line per step.</summary>
    internal Task<IReadOnlyList<string>> ExplainListAsync(ExecutionFilter filter) => Readers.RunAsync<IReadOnlyList<string>>(
        "explain a list",
        s => [.. ListPlan.For(s, new(filter), options.ExamineMax).SelectMany(stream => stream.Explain(s))],
        CancellationToken.None);

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
            page.ConvertAll(hit => session["execution-load-number"].Int(hit.Value).One(row => StateJson.Read(row.Bytes(0)))!),
            last is { } l ? Cursor.Write(filter.Canonical, l.CreatedAt.ToString(), l.Id) : null);
    }
}
