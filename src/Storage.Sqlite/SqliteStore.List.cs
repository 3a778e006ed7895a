using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Sqlite.Lists;
using ExecutionGrains.Storage.Sqlite.Statements;
using ExecutionGrains.Storage.Statements;

namespace ExecutionGrains.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public Task<Page<ListedExecution>> ListAsync(ExecutionFilter filter, int limit, string? cursor, CancellationToken cancel)
    {
        var asked = ListPlan.Filter(filter);
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
            "list the oldest running executions", session => session.InSnapshot(s => OldestRunning(s, workflow, namespaces, limit)), cancel);

    /// <summary>The query plans of a list, one line per plan node.</summary>
    internal Task<IReadOnlyList<string>> ExplainListAsync(ExecutionFilter filter) => OfStreamsAsync(filter, (stream, session) => stream.Explain(session));

    /// <summary>The final text of every query that a list may run.</summary>
    internal Task<IReadOnlyList<string>> RenderListAsync(ExecutionFilter filter) => OfStreamsAsync(filter, (stream, _) => stream.Texts);

    /// <summary>Runs a pragma on the writer's connection and returns its single number.</summary>
    internal Task<long> PragmaAsync(string pragma) => Writer.RunAsync("run a pragma", s => s.Filled($"pragma {pragma}").One(row => row.Long(0)));

    /// <summary>Checks the file. Returns <c>ok</c> or the first fault.</summary>
    internal Task<string?> IntegrityAsync() => Readers.RunAsync(
        "check the file", s => s.Filled("pragma integrity_check").One(row => row.Text(0)), CancellationToken.None);

    private static List<ListedExecution> OldestRunning(Session session, string? workflow, IReadOnlyList<string>? namespaces, int limit)
    {
        IEnumerable<(ListKey Key, long Number)> found = (workflow, namespaces) switch
        {
            (null, null) => session["ListOldestRunning"].Int("row_max", limit).All(Place),
            (null, var some) => some.Distinct(StringComparer.Ordinal)
                .SelectMany(n => session["ListOldestRunningOfNamespace"].Text("namespace", n).Int("row_max", limit).All(Place)),
            _ => session["ListOldestRunningOfWorkflow"].Text("workflow", workflow).Text("namespaces", StateJson.Texts(namespaces)).Int("row_max", limit)
                .All(Place),
        };
        var texts = new TextPool();
        return [.. found.OrderByDescending(f => f.Key).Take(limit).Select(f => Load(session, f.Number, texts))];
    }

    private static (ListKey Key, long Number) Place(Row row) => (new(row.Long(0), row.Text(1)), row.Long(2));

    private static ListedExecution Load(Session session, long number, TextPool texts) =>
        session["LoadExecutionByNumber"].Int("number", number).One(row => ListedExecution.Read(row.Bytes(0), texts))!;

    private Page<ListedExecution> List(Session session, ListFilter filter, int limit, ListKey from)
    {
        var (page, last) = (new List<ListedExecution>(), default(ListKey?));
        var texts = new TextPool();
        foreach (var streams in ListPlan.Attempts(session, filter, options.ExamineMax))
        {
            (page, last) = Merge(session, [.. streams], limit, from, texts);
            if (last is null || (page.Count == limit && last != ListStream.Nowhere))
            {
                break;
            }
        }

        return new(page, last is { } l ? Cursor.Write(filter.Canonical, l.CreatedAt.ToString(), l.Id) : null);
    }

    private static (List<ListedExecution> Page, ListKey? Last) Merge(Session session, ListStream[] streams, int limit, ListKey from, TextPool texts)
    {
        var (page, created, last, nearest) = (new List<ListedExecution>(), 0L, default(ListKey), default(ListKey?));
        try
        {
            // Read one more than the page, to know whether there are more.
            foreach (var stream in streams)
            {
                stream.Begin(session, from, limit + 1);
                nearest = Nearer(nearest, stream.Boundary);
            }

            // Beyond the nearest boundary the matches are incomplete; they belong to a later page.
            while (Newest(streams) is { } stream && (nearest is not { } bound || stream.Key.CompareTo(bound) <= 0))
            {
                // Several streams may be at the same execution.
                if (streams.Length == 1 || page.Count == 0 || stream.CreatedAt != created || stream.Id != page[^1].Id.Value)
                {
                    if (page.Count == limit)
                    {
                        return (page, last);
                    }

                    page.Add(stream.Read(texts));
                    created = streams.Length == 1 ? 0 : stream.CreatedAt;
                    last = page.Count == limit ? stream.Key : default;
                }

                stream.Advance(session);
                nearest = Nearer(nearest, stream.Boundary);
            }

            return (page, nearest);
        }
        finally
        {
            foreach (var stream in streams)
            {
                stream.End(session);
            }
        }
    }

    private static ListStream? Newest(ListStream[] streams)
    {
        var newest = default(ListStream);
        foreach (var stream in streams)
        {
            if (!stream.IsAtEnd && (newest is null || stream.IsNewerThan(newest)))
            {
                newest = stream;
            }
        }

        return newest;
    }

    private static ListKey? Nearer(ListKey? one, ListKey? other) => one is not { } a || (other is { } b && b.CompareTo(a) < 0) ? other : one;

    private Task<IReadOnlyList<string>> OfStreamsAsync(ExecutionFilter filter, Func<ListStream, Session, IEnumerable<string>> read) =>
        Readers.RunAsync<IReadOnlyList<string>>(
            "look into a list",
            s =>
            [
                .. ListPlan.Attempts(s, ListPlan.Filter(filter), options.ExamineMax).SelectMany(streams => streams).SelectMany(stream => read(stream, s)),
            ],
            CancellationToken.None);
}
