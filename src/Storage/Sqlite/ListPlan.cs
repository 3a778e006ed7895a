namespace ExecutionGrains.Storage.Sqlite;

/// <summary>
/// Chooses the streams of a list: the index whose every column is filtered, the most selective kind first, one stream per
/// combination of values; a small range of ids or start times instead where there is one.
/// </summary>
internal static class ListPlan
{
    private const int StreamsMax = 64;

    private static readonly (string Index, string[] Columns)[] Indexes =
    [
        ("executions_resolution", ["resolution"]),
        ("executions_late", ["late_count"]),
        ("executions_worker_status", ["worker_id", "status"]),
        ("executions_worker", ["worker_id"]),
        ("executions_triggered_status", ["triggered_by", "status"]),
        ("executions_triggered", ["triggered_by"]),
        ("executions_cause_workflow", ["cause", "workflow"]),
        ("executions_workflow_status", ["workflow", "status"]),
        ("executions_workflow", ["workflow"]),
        ("executions_cause_namespace", ["cause", "namespace"]),
        ("executions_cause", ["cause"]),
        ("executions_namespace_status", ["namespace", "status"]),
        ("executions_namespace", ["namespace"]),
        ("executions_status", ["status"]),
        ("executions_created", []),
    ];

    public static IReadOnlyList<ListStream> For(Session session, ListFilter filter, int examineMax)
    {
        if (filter.Filter.Label is [var label, ..])
        {
            var driver = new SqlClause().And(string.Empty, label.Key, label.Value);
            return [Labelled(driver, filter.Residual("label"), examineMax)];
        }

        var small = filter.Equal.Count > 0 || filter.Filter.Late ? examineMax / 10 : examineMax;
        return (filter.Filter.Prefix is { Length: > 0 } prefix ? Prefixed(session, filter, prefix, small, examineMax) : null)
            ?? (filter.HasTime ? Timed(session, filter, small) : null)
            ?? Indexed(filter, examineMax);
    }

    private static List<ListStream> Indexed(ListFilter filter, int examineMax)
    {
        var (index, columns) = Indexes.First(i => i.Columns.All(c => IsFiltered(filter, c)) && Combinations(filter, i.Columns) <= StreamsMax);
        var examine = Math.Max(1, examineMax / Combinations(filter, columns));
        IEnumerable<SqlClause> drivers = [new()];
        foreach (var column in columns)
        {
            drivers = column == "late_count"
                ? drivers.Select(d => new SqlClause().And(d).And("late_count > 0"))
                : drivers.SelectMany(_ => filter.Equal[column], (d, value) => new SqlClause().And(d).And($"{column} = ?", value));
        }

        return [.. drivers.Select(driver => Walk(index, driver, filter.Residual(columns), examine))];
    }

    private static bool IsFiltered(ListFilter filter, string column) =>
        column == "late_count" ? filter.Filter.Late : filter.Equal.ContainsKey(column);

    private static int Combinations(ListFilter filter, string[] columns) =>
        columns.Aggregate(1, (count, column) => count * (column == "late_count" ? 1 : Math.Min(filter.Equal[column].Length, 1_000)));

    /// <summary>Null where too many ids or workflows begin like that: then any walk finds some soon.</summary>
    private static List<ListStream>? Prefixed(Session session, ListFilter filter, string prefix, int small, int examineMax)
    {
        var ids = new SqlClause().And("id >= ? and id <= ?", prefix, prefix + "\U0010FFFF");
        if (!IsSmall(session, ids, small) || Workflows(session, prefix) is not { } workflows)
        {
            return null;
        }

        var residual = filter.Residual("prefix");
        var examine = Math.Max(1, examineMax / Math.Max(1, workflows.Count));
        return
        [
            Range(ids, residual),
            .. workflows.Select(w => Walk("executions_workflow", new SqlClause().And("workflow = ?", w), residual, examine)),
        ];
    }

    private static List<string>? Workflows(Session session, string prefix)
    {
        List<string> found = [];
        var next = session["list-next-workflow"].Text(prefix).One(row => row.TextOrNull(0));
        while (next?.StartsWith(prefix, StringComparison.Ordinal) == true)
        {
            found.Add(next);
            if (found.Count > StreamsMax)
            {
                return null;
            }

            next = session["list-workflow-after"].Text(next).One(row => row.TextOrNull(0));
        }

        return found;
    }

    private static List<ListStream>? Timed(Session session, ListFilter filter, int small)
    {
        var range = filter.Time();
        return IsSmall(session, range, small) ? [Range(range, filter.Residual("started_at"))] : null;
    }

    private static bool IsSmall(Session session, SqlClause range, int small)
    {
        var count = session.Filled(SqlText.Query("list-range-count").Replace("{range}", range.Sql));
        range.Bind(count);
        return count.Int(small + 1).One(row => row.Long(0)) <= small;
    }

    private static ListStream Walk(string index, SqlClause driver, SqlClause residual, int examine)
    {
        return new(Fill("list-walk"), Fill("list-walk-boundary"), driver, residual, examine);

        string Fill(string query) => SqlText.Query(query)
            .Replace("{index}", index).Replace("{driver}", driver.Sql + " and").Replace("{residual}", residual.Sql);
    }

    private static ListStream Labelled(SqlClause label, SqlClause residual, int examine) =>
        new(SqlText.Query("list-label").Replace("{residual}", residual.Sql), SqlText.Query("list-label-boundary"), label, residual, examine);

    private static ListStream Range(SqlClause range, SqlClause residual) =>
        new(SqlText.Query("list-range").Replace("{range}", range.Sql).Replace("{residual}", residual.Sql), null, range, residual, 0);
}
