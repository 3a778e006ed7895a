namespace ExecutionGrains.Storage.Sqlite;

/// <summary>
/// Chooses the streams of a list: those of the index that leads to the fewest executions, one stream per combination of values; a small
/// range of ids or start times instead where there is one.
/// </summary>
internal static class ListPlan
{
    private const int StreamsMax = 64;
    private const int FewMax = 500;
    private const int QuickMax = 2_000;

    /// <summary>The most selective kind first: it is taken where counting does not tell.</summary>
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
        ("executions_namespace_workflow", ["namespace", "workflow"]),
        ("executions_workflow", ["workflow"]),
        ("executions_cause_namespace", ["cause", "namespace"]),
        ("executions_cause", ["cause"]),
        ("executions_namespace_status", ["namespace", "status"]),
        ("executions_namespace", ["namespace"]),
        ("executions_status", ["status"]),
        ("executions_created", []),
    ];

    /// <summary>Those of them that hold every execution, the narrowest first.</summary>
    private static readonly string[] Whole =
    [
        "executions_workflow_status", "executions_namespace_workflow", "executions_namespace_status", "executions_workflow", "executions_namespace",
        "executions_status", "executions_created",
    ];

    /// <summary>Ways to the same page, one after the other until one fills it; the last is what there is.</summary>
    public static IEnumerable<IReadOnlyList<ListStream>> Attempts(Session session, ListFilter filter, int examineMax)
    {
        if (filter.Filter.Prefix is { Length: > 0 } prefix && Prefixed(session, filter, prefix) is var (ids, workflows))
        {
            foreach (var more in workflows is null ? [[]] : Attempts(session, workflows, examineMax))
            {
                yield return [ids, .. more];
            }

            yield break;
        }

        var (range, skewed) = Timed(session, filter, examineMax);
        var (paths, labelled) = Paths(filter, range);
        var few = paths.Count == 1 ? null : Fewest(session, paths, Math.Min(FewMax, examineMax));
        if (few is null && paths.Count > 1)
        {
            // Often much has all that is asked for: then any way is quick, and quicker than counting.
            yield return [.. paths[0].Streams(Math.Min(QuickMax, examineMax), labelled), .. skewed];
            few = Fewest(session, paths, Math.Min(10 * FewMax, examineMax)) ?? Fewest(session, paths, examineMax);
        }

        yield return [.. few?.All(examineMax, labelled) ?? paths[0].Streams(examineMax, labelled), .. skewed];
    }

    private static ListPath? Fewest(Session session, List<ListPath> paths, int most) => paths.Find(p => p.IsWithin(session, most));

    private static (List<ListPath> Paths, string Labelled) Paths(ListFilter filter, CreationRange range)
    {
        var all = Indexes
            .Where(i => i.Columns.All(c => IsFiltered(filter, c)) && Combinations(filter, i.Columns) <= StreamsMax)
            .Select(i => new ListPath(filter, range, i.Index, i.Columns))
            .ToList();
        // A label costs a look into another index for each: it is taken where it is the fewest.
        var labels = filter.Filter.Label.Select(label => new ListPath(filter, range, label));
        List<ListPath> paths = [.. all.Where(path => (filter.Filter.Label.Count == 0 || path != all[^1]) && !all.Exists(path.IsPartOf)), .. labels];
        return (paths, Whole.First(w => all.Exists(path => path.Index == w)));
    }

    private static bool IsFiltered(ListFilter filter, string column) =>
        column == "late_count" ? filter.Filter.Late : filter.Equal.ContainsKey(column);

    private static int Combinations(ListFilter filter, string[] columns) =>
        columns.Aggregate(1, (count, column) => count * (column == "late_count" ? 1 : Math.Min(filter.Equal[column].Length, 1_000)));

    /// <summary>The ids that begin like that, and the list of the workflows that do. Null where there are too many: then any walk finds some soon.</summary>
    private static (ListStream Ids, ListFilter? Workflows)? Prefixed(Session session, ListFilter filter, string prefix)
    {
        const string ids = "sqlite_autoindex_executions_1";
        var range = new SqlClause().And("id >= ? and id <= ?", prefix, prefix + "\U0010FFFF");
        if (ListPath.Count(session, $"executions indexed by {ids}", range, FewMax + 1) > FewMax || Workflows(session, prefix) is not { } workflows)
        {
            return null;
        }

        string[] asked = [.. filter.Equal.TryGetValue("workflow", out var some) ? some.Intersect(workflows, StringComparer.Ordinal) : workflows];
        return (
            Range(ids, range, filter.Residual(["prefix"])),
            asked.Length == 0 ? null : new(filter.Filter with { Workflow = asked, Prefix = null }));
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

    /// <summary>Where to look for what started in the time asked for, and the few that started long after they were made.</summary>
    private static (CreationRange Range, IReadOnlyList<ListStream> Skewed) Timed(Session session, ListFilter filter, int examineMax)
    {
        if (!filter.HasTime)
        {
            return (CreationRange.All, []);
        }

        var most = Math.Min(QuickMax, examineMax);
        var skewed = new SqlClause().And($"abs(started_at - created_at) > {CreationRange.SkewMax}").And(filter.Time());
        return ListPath.Count(session, "executions indexed by executions_skewed", skewed, most + 1) > most
            ? (CreationRange.All, [])
            : (new(filter.Filter.StartedAfter, filter.Filter.StartedBefore), [Range("executions_skewed", skewed, filter.Residual(["started_at"]))]);
    }

    private static ListStream Range(string index, SqlClause range, SqlClause residual) => new(
        SqlText.Query("list-range").Replace("{index}", index).Replace("{driver}", range.Sql).Replace("{residual}", residual.Sql),
        null,
        range,
        residual,
        ListKey.Newest,
        0);
}
