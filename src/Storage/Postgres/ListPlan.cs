namespace ExecutionGrains.Storage.Postgres;

/// <summary>
/// Chooses the streams of a list: the index whose every column is filtered, the most selective kind first, one stream per
/// combination of values; a small range of ids or start times instead where there is one.
/// </summary>
internal static class ListPlan
{
    private const int StreamsMax = 64;

    private static readonly string[][] Indexes =
    [
        ["resolution"],
        ["late_count"],
        ["worker_id", "status"],
        ["worker_id"],
        ["triggered_by", "status"],
        ["triggered_by"],
        ["cause", "workflow"],
        ["workflow", "status"],
        ["workflow"],
        ["cause", "namespace"],
        ["cause"],
        ["namespace", "status"],
        ["namespace"],
        ["status"],
        [],
    ];

    public static async Task<IReadOnlyList<ListStream>> ForAsync(ListQuery query, ListFilter filter, int examineMax)
    {
        if (filter.Filter.Label is [var label, ..])
        {
            var driver = new SqlClause().And(string.Empty, label.Key, label.Value);
            return [Labelled(driver, filter.Residual([], label), examineMax)];
        }

        var small = filter.Equal.Count > 0 || filter.Filter.Late ? examineMax / 10 : examineMax;
        return (filter.Filter.Prefix is { Length: > 0 } prefix ? await PrefixedAsync(query, filter, prefix, small, examineMax).ConfigureAwait(false) : null)
            ?? (filter.HasTime ? await TimedAsync(query, filter, small).ConfigureAwait(false) : null)
            ?? Indexed(filter, examineMax);
    }

    private static List<ListStream> Indexed(ListFilter filter, int examineMax)
    {
        var columns = Indexes.First(i => i.All(c => IsFiltered(filter, c)) && Combinations(filter, i) <= StreamsMax);
        var examine = Math.Max(1, examineMax / Combinations(filter, columns));
        IEnumerable<SqlClause> drivers = [new()];
        foreach (var column in columns)
        {
            drivers = column == "late_count"
                ? drivers.Select(d => new SqlClause().And(d).And("late_count > 0"))
                : drivers.SelectMany(_ => filter.Equal[column], (d, value) => new SqlClause().And(d).And($"{column} = ?", value));
        }

        return [.. drivers.Select(driver => Walk(driver, filter.Residual(columns), examine))];
    }

    private static bool IsFiltered(ListFilter filter, string column) =>
        column == "late_count" ? filter.Filter.Late : filter.Equal.ContainsKey(column);

    private static int Combinations(ListFilter filter, string[] columns) =>
        columns.Aggregate(1, (count, column) => count * (column == "late_count" ? 1 : Math.Min(filter.Equal[column].Length, 1_000)));

    /// <summary>Null where too many ids or workflows begin like that: then any walk finds some soon.</summary>
    private static async Task<List<ListStream>?> PrefixedAsync(ListQuery query, ListFilter filter, string prefix, int small, int examineMax)
    {
        var ids = new SqlClause().And("id >= ? and id <= ?", prefix, prefix + "\U0010FFFF");
        if (!await IsSmallAsync(query, ids, small).ConfigureAwait(false)
            || await WorkflowsAsync(query, prefix).ConfigureAwait(false) is not { } workflows)
        {
            return null;
        }

        var residual = filter.Residual(["prefix"]);
        var examine = Math.Max(1, examineMax / Math.Max(1, workflows.Count));
        return
        [
            Range(ids, residual),
            .. workflows.Select(w => Walk(new SqlClause().And("workflow = ?", w), residual, examine)),
        ];
    }

    private static async Task<List<string>?> WorkflowsAsync(ListQuery query, string prefix)
    {
        List<string> found = [];
        var next = await NextAsync("list-next-workflow", prefix).ConfigureAwait(false);
        while (next?.StartsWith(prefix, StringComparison.Ordinal) == true)
        {
            found.Add(next);
            if (found.Count > StreamsMax)
            {
                return null;
            }

            next = await NextAsync("list-workflow-after", next).ConfigureAwait(false);
        }

        return found;

        async Task<string?> NextAsync(string name, string after) =>
            (await query.AllAsync(SqlText.Query(name), row => row.TextOrNull(0), after).ConfigureAwait(false))[0];
    }

    private static async Task<List<ListStream>?> TimedAsync(ListQuery query, ListFilter filter, int small)
    {
        var range = filter.Time();
        return await IsSmallAsync(query, range, small).ConfigureAwait(false) ? [Range(range, filter.Residual(["started_at"]))] : null;
    }

    private static async Task<bool> IsSmallAsync(ListQuery query, SqlClause range, int small)
    {
        var count = await query.AllAsync(
            SqlText.Query("list-range-count").Replace("{range}", range.Sql), row => row.Long(0), [.. range.Values, (long)(small + 1)]).ConfigureAwait(false);
        return count[0] <= small;
    }

    /// <summary>The planner finds the index by its columns and its order; only the walk over all of them has another order, see the migration.</summary>
    private static ListStream Walk(SqlClause driver, SqlClause residual, int examine)
    {
        return new(Fill("list-walk"), Fill("list-walk-boundary"), driver, residual, examine);

        string Fill(string name) => SqlText.Query(name)
            .Replace("{place}", driver.Sql == new SqlClause().Sql ? "(created_at | 0)" : "created_at")
            .Replace("{driver}", driver.Sql + " and").Replace("{residual}", residual.Sql);
    }

    private static ListStream Labelled(SqlClause label, SqlClause residual, int examine) =>
        new(SqlText.Query("list-label").Replace("{residual}", residual.Sql), SqlText.Query("list-label-boundary"), label, residual, examine);

    private static ListStream Range(SqlClause range, SqlClause residual) =>
        new(SqlText.Query("list-range").Replace("{range}", range.Sql).Replace("{residual}", residual.Sql), null, range, residual, 0);
}
