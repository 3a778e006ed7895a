namespace ExecutionGrains.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public Task<Page<ListedExecution>> ListAsync(ExecutionFilter filter, int limit, string? cursor, CancellationToken cancel)
    {
        var asked = new ListFilter(filter);
        var from = Cursor.Read(asked.Canonical, cursor, 2) is [var created, var id]
            ? new ListKey(Cursor.Number(created), id)
            : ListKey.Newest;
        return asked.IsEmpty
            ? Task.FromResult(new Page<ListedExecution>([], null))
            : Readers.RunAsync("list executions", session => session.InSnapshot(s => List(s, asked, limit, from)), cancel);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ListedExecution>> OldestRunningAsync(
        string? workflow, IReadOnlyList<string>? namespaces, int limit, CancellationToken cancel) =>
        Readers.RunAsync<IReadOnlyList<ListedExecution>>(
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

    private static List<ListedExecution> OldestRunning(Session session, string? workflow, IReadOnlyList<string>? namespaces, int limit)
    {
        IEnumerable<(ListKey Key, long Number)> found = (workflow, namespaces) switch
        {
            (null, null) => session["oldest-running"].Int(limit).All(Place),
            (null, var some) => some.Distinct(StringComparer.Ordinal).SelectMany(n => session["oldest-running-namespace"].Text(n).Int(limit).All(Place)),
            _ => session["oldest-running-workflow"].Text(workflow).Text(StateJson.Texts(namespaces)).Int(limit).All(Place),
        };
        var texts = new TextPool();
        return [.. found.OrderByDescending(f => f.Key).Take(limit).Select(f => Load(session, f.Number, texts))];
    }

    private static (ListKey Key, long Number) Place(Statement row) => (new(row.Long(0), row.Text(1)), row.Long(2));

    private static ListedExecution Load(Session session, long number, TextPool texts) =>
        session["execution-load-number"].Int(number).One(row => ListedExecution.Read(row.Bytes(0), texts))!;

    private Page<ListedExecution> List(Session session, ListFilter filter, int limit, ListKey from)
    {
        var (page, last) = (new List<ListedExecution>(), default(ListKey?));
        var texts = new TextPool();
        foreach (var streams in ListPlan.Attempts(session, filter, options.ExamineMax))
        {
            (page, last) = Merge(session, streams, limit, from, texts);
            if (page.Count == limit || last is null)
            {
                break;
            }
        }

        return new(page, last is { } l ? Cursor.Write(filter.Canonical, l.CreatedAt.ToString(), l.Id) : null);
    }

    private static (List<ListedExecution> Page, ListKey? Last) Merge(
        Session session, IReadOnlyList<ListStream> streams, int limit, ListKey from, TextPool texts)
    {
        try
        {
            // One more than the page, to know whether there is more.
            foreach (var stream in streams)
            {
                stream.Begin(session, from, limit + 1);
            }

            var (page, last) = (new List<ListedExecution>(), default(ListKey?));
            while (Newest(streams) is { } stream)
            {
                // What lies behind the nearest boundary is not complete yet: it belongs to a later page.
                if (Boundary(streams) is { } nearest && stream.Key.CompareTo(nearest) > 0)
                {
                    break;
                }

                if (streams.Count == 1 || stream.Key != last)
                {
                    if (page.Count == limit)
                    {
                        return (page, last);
                    }

                    page.Add(stream.Read(texts));
                    last = streams.Count > 1 || page.Count == limit ? stream.Key : null;
                }

                stream.Advance(session);
            }

            return (page, Boundary(streams));
        }
        finally
        {
            foreach (var stream in streams)
            {
                stream.End(session);
            }
        }
    }

    private static ListStream? Newest(IReadOnlyList<ListStream> streams)
    {
        var newest = default(ListStream);
        foreach (var stream in streams)
        {
            if (!stream.IsAtEnd && (newest is null || stream.Key.CompareTo(newest.Key) < 0))
            {
                newest = stream;
            }
        }

        return newest;
    }

    private static ListKey? Boundary(IReadOnlyList<ListStream> streams)
    {
        ListKey? nearest = null;
        foreach (var stream in streams)
        {
            nearest = stream.Boundary is { } b && (nearest is not { } n || b.CompareTo(n) < 0) ? b : nearest;
        }

        return nearest;
    }
}
