using ExecutionGrains.Rules;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres;

public sealed partial class PostgresStore
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
            : RunAsync(
                "list executions",
                connection => InSnapshotAsync(connection, () => ListAsync(connection, asked, limit, from, cancel), cancel),
                cancel);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ExecutionState>> OldestRunningAsync(
        string? workflow, IReadOnlyList<string>? namespaces, int limit, CancellationToken cancel) => RunAsync(
        "list the oldest running",
        connection => InSnapshotAsync(connection, () => OldestRunningAsync(connection, workflow, namespaces?.ToArray(), limit, cancel), cancel),
        cancel);

    /// <summary>How the engine goes about a list: its query plan, a line per step.</summary>
    internal Task<List<string>> ExplainListAsync(ExecutionFilter filter) => RunAsync(
        "explain a list",
        connection => InSnapshotAsync(
            connection,
            async () =>
            {
                await SetForListAsync(connection, CancellationToken.None).ConfigureAwait(false);
                var query = new ListQuery(connection, CancellationToken.None);
                List<string> lines = [];
                foreach (var stream in await ListPlan.ForAsync(query, new(filter), options.ExamineMax).ConfigureAwait(false))
                {
                    lines.AddRange(await stream.ExplainAsync(query).ConfigureAwait(false));
                }

                return lines;
            },
            CancellationToken.None),
        CancellationToken.None);

    private async Task<Page<ExecutionState>> ListAsync(
        NpgsqlConnection connection, ListFilter filter, int limit, ListKey from, CancellationToken cancel)
    {
        await SetForListAsync(connection, cancel).ConfigureAwait(false);
        var query = new ListQuery(connection, cancel);
        var hits = new SortedSet<ListKey>();
        ListKey? boundary = null;
        foreach (var stream in await ListPlan.ForAsync(query, filter, options.ExamineMax).ConfigureAwait(false))
        {
            var end = await stream.ReadAsync(query, from, limit + 1, hits).ConfigureAwait(false);
            boundary = end is { } e && (boundary is not { } b || e.CompareTo(b) < 0) ? e : boundary;
        }

        // What lies behind the nearest boundary is not complete yet: it belongs to a later page.
        var sure = boundary is { } nearest ? hits.Where(h => h.CompareTo(nearest) <= 0).ToList() : [.. hits];
        var page = sure.Take(limit).ToList();
        var last = sure.Count > limit ? page[^1] : boundary;
        return new(
            await LoadAsync(connection, page, cancel).ConfigureAwait(false),
            last is { } l ? Cursor.Write(filter.Canonical, l.CreatedAt.ToString(), l.Id) : null);
    }

    private static async Task<IReadOnlyList<ExecutionState>> OldestRunningAsync(
        NpgsqlConnection connection, string? workflow, string[]? namespaces, int limit, CancellationToken cancel)
    {
        await SetForListAsync(connection, cancel).ConfigureAwait(false);
        var found = new List<ListKey>();
        if (workflow is not null)
        {
            found.AddRange(await PlacesAsync("oldest-running-workflow", workflow, namespaces, limit).ConfigureAwait(false));
        }
        else if (namespaces is null)
        {
            found.AddRange(await PlacesAsync("oldest-running", limit).ConfigureAwait(false));
        }
        else
        {
            foreach (var one in namespaces.Distinct(StringComparer.Ordinal))
            {
                found.AddRange(await PlacesAsync("oldest-running-namespace", one, limit).ConfigureAwait(false));
            }
        }

        return await LoadAsync(connection, [.. found.OrderDescending().Take(limit)], cancel).ConfigureAwait(false);

        Task<List<ListKey>> PlacesAsync(string query, params object?[] values) =>
            AllAsync(connection, SqlText.Query(query), row => new ListKey(row.Long(0), row.Text(1)), cancel, values);
    }

    private static async Task<IReadOnlyList<ExecutionState>> LoadAsync(NpgsqlConnection connection, List<ListKey> page, CancellationToken cancel)
    {
        var states = await AllAsync(
            connection,
            SqlText.Query("execution-load-page"),
            row => (Id: row.Text(0), State: StateJson.Read(row.Blob(1))),
            cancel,
            (object)page.ConvertAll(key => key.Id).ToArray()).ConfigureAwait(false);
        var byId = states.ToDictionary(s => s.Id, s => s.State, StringComparer.Ordinal);
        return page.ConvertAll(key => byId[key.Id]);
    }

    private static Task SetForListAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        AllAsync(connection, SqlText.Query("list-settings"), _ => true, cancel);
}
