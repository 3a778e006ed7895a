using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Postgres.Lists;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Serialization;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres;

public sealed partial class PostgresStore
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
            : SearchAsync("list executions", connection => ListAsync(connection, asked, limit, from, cancel), cancel);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ListedExecution>> OldestRunningAsync(
        string? workflow, IReadOnlyList<string>? namespaces, int limit, CancellationToken cancel) => SearchAsync(
        "list the oldest running executions",
        connection => InSnapshotAsync(connection, () => OldestRunningAsync(connection, workflow, namespaces?.ToArray(), limit, cancel), cancel),
        cancel);

    /// <summary>The query plans of a list, one line per plan node.</summary>
    internal Task<List<string>> ExplainListAsync(ExecutionFilter filter) => OfStreamsAsync(filter, (stream, query) => stream.ExplainAsync(query));

    /// <summary>The final text of every query that a list may run.</summary>
    internal Task<List<string>> RenderListAsync(ExecutionFilter filter) => OfStreamsAsync(filter, (stream, _) => Task.FromResult(stream.Texts));

    private async Task<Page<ListedExecution>> ListAsync(
        NpgsqlConnection connection, ListFilter filter, int limit, ListKey from, CancellationToken cancel)
    {
        var query = new ListQuery(connection, cancel);
        return ListPlan.Simple(filter) is { } simple
            ? Shown(await MergeAsync(query, [simple], limit, from).ConfigureAwait(false))
            : await InSnapshotAsync(connection, () => SearchAsync(query, filter, limit, from), Shown, cancel).ConfigureAwait(false);

        Page<ListedExecution> Shown((List<ListHit> Hits, ListKey? Last) page)
        {
            var texts = new TextPool();
            return new(
                page.Hits.ConvertAll(hit => ListedExecution.Read(hit.State, texts)),
                page.Last is { } l ? Cursor.Write(filter.Canonical, l.CreatedAt.ToString(), l.Id) : null);
        }
    }

    private async Task<(List<ListHit> Hits, ListKey? Last)> SearchAsync(ListQuery query, ListFilter filter, int limit, ListKey from)
    {
        var page = (Hits: new List<ListHit>(), Last: default(ListKey?));
        await foreach (var streams in ListPlan.Attempts(query, filter, options.ExamineMax).ConfigureAwait(false))
        {
            page = await MergeAsync(query, streams, limit, from).ConfigureAwait(false);
            if (page.Hits.Count == limit || page.Last is null)
            {
                break;
            }
        }

        return page;
    }

    private static async Task<(List<ListHit> Hits, ListKey? Last)> MergeAsync(ListQuery query, IReadOnlyList<ListStream> streams, int limit, ListKey from)
    {
        List<ListHit> all = [];
        ListKey? boundary = null;
        foreach (var stream in streams)
        {
            // Read one more than the page, to know whether there are more.
            var (hits, end) = await stream.ReadAsync(query, from, limit + 1).ConfigureAwait(false);
            all.AddRange(hits);
            boundary = end is { } e && (boundary is not { } b || e.CompareTo(b) < 0) ? e : boundary;
        }

        // Beyond the nearest boundary the matches are incomplete; they belong to a later page.
        var sure = all.Where(hit => boundary is not { } nearest || hit.Key.CompareTo(nearest) <= 0).DistinctBy(hit => hit.Key).OrderBy(hit => hit.Key).ToList();
        return sure.Count > limit ? (sure[..limit], sure[limit - 1].Key) : (sure, boundary);
    }

    private static async Task<IReadOnlyList<ListedExecution>> OldestRunningAsync(
        NpgsqlConnection connection, string? workflow, string[]? namespaces, int limit, CancellationToken cancel)
    {
        var found = new List<ListKey>();
        if (workflow is not null)
        {
            found.AddRange(await PlacesAsync("ListOldestRunningOfWorkflow", ("workflow", workflow), ("namespaces", namespaces)).ConfigureAwait(false));
        }
        else if (namespaces is null)
        {
            found.AddRange(await PlacesAsync("ListOldestRunning").ConfigureAwait(false));
        }
        else
        {
            foreach (var one in namespaces.Distinct(StringComparer.Ordinal))
            {
                found.AddRange(await PlacesAsync("ListOldestRunningOfNamespace", ("namespace", one)).ConfigureAwait(false));
            }
        }

        return await LoadAsync(connection, [.. found.OrderDescending().Take(limit)], cancel).ConfigureAwait(false);

        Task<List<ListKey>> PlacesAsync(string query, params (string Name, object? Value)[] values) =>
            connection.AllAsync(SqlText.Query(query), row => new ListKey(row.Long(0), row.Text(1)), cancel, [.. values, ("row_max", limit)]);
    }

    private static async Task<IReadOnlyList<ListedExecution>> LoadAsync(NpgsqlConnection connection, List<ListKey> page, CancellationToken cancel)
    {
        var texts = new TextPool();
        var states = await connection.AllAsync(
            SqlText.Query("LoadExecutions"),
            row => (Id: row.Text(0), State: ListedExecution.Read(row.Blob(1), texts)),
            cancel,
            ("id", page.ConvertAll(key => key.Id).ToArray())).ConfigureAwait(false);
        var byId = states.ToDictionary(s => s.Id, s => s.State, StringComparer.Ordinal);
        return page.ConvertAll(key => byId[key.Id]);
    }

    private Task<List<string>> OfStreamsAsync(ExecutionFilter filter, Func<ListStream, ListQuery, Task<List<string>>> read) => RunAsync(
        "look into a list",
        async connection =>
        {
            var query = new ListQuery(connection, CancellationToken.None);
            List<string> lines = [];
            await foreach (var streams in ListPlan.Attempts(query, ListPlan.Filter(filter), options.ExamineMax).ConfigureAwait(false))
            {
                foreach (var stream in streams)
                {
                    lines.AddRange(await read(stream, query).ConfigureAwait(false));
                }
            }

            return lines;
        },
        CancellationToken.None);
}
