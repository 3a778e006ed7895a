namespace ExecutionGrains.Storage.Sqlite;

/// <summary>
/// Chooses the streams of a list: those of the index that settles every filter, one stream per combination of values; where there is none,
/// those of the index that leads to the fewest executions. A small range of ids or of start times beside them where there is one.
/// </summary>
internal static class ListPlan
{
    private const int WorkflowsMax = 64;
    private const int FewMax = 500;
    private const int QuickMax = 2_000;

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
        var paths = ListPath.Of(filter);
        var few = paths.Count == 1 ? null : Fewest(session, paths, range, Math.Min(FewMax, examineMax));
        if (few is null && paths.Count > 1)
        {
            // Often much has all that is asked for: then any way is quick, and quicker than counting.
            yield return [.. Streams(paths[0], range, Math.Min(QuickMax, examineMax)), .. skewed];
            few = Fewest(session, paths, range, Math.Min(10 * FewMax, examineMax)) ?? Fewest(session, paths, range, examineMax);
        }

        yield return [.. Streams(few ?? paths[0], range, few is null ? examineMax : null), .. skewed];
    }

    private static ListPath? Fewest(Session session, List<ListPath> paths, CreationRange range, int most) => paths.Find(p => IsWithin(session, p, range, most));

    /// <summary>Whether a path leads to at most so many.</summary>
    private static bool IsWithin(Session session, ListPath path, CreationRange range, int most)
    {
        var left = most;
        foreach (var values in path.Combinations)
        {
            var driver = Driver(path, values, range);
            if (range.Start != ListKey.Newest)
            {
                driver.And("created_at < ?", range.Start.CreatedAt);
            }

            left -= Count(session, path.Index.IsOfLabel ? ListIndex.Labels : $"executions indexed by {path.Index.Name}", driver, left + 1);
            if (left < 0)
            {
                return false;
            }
        }

        return true;
    }

    private static int Count(Session session, string source, SqlClause range, int most)
    {
        var count = session.Filled(SqlText.Query("list-range-count").Replace("{source}", source).Replace("{range}", range.Sql));
        range.Bind(count);
        return count.Int(most).One(row => (int)row.Long(0));
    }

    /// <param name="examineMax">How many it may examine where it leads to others too. Null: it is known that they are few.</param>
    private static IEnumerable<ListStream> Streams(ListPath path, CreationRange range, int? examineMax)
    {
        var (page, boundary) = (path.IsExact, path.Index.IsOfLabel, examineMax) switch
        {
            (true, true, _) => ("list-label-page", null),
            (true, false, _) => ("list-page", null),
            (false, true, _) => ("list-label", "list-label-boundary"),
            (false, false, null) => ("list-all", null),
            (false, false, _) => ("list-walk", "list-walk-boundary"),
        };
        int? examine = boundary is null ? null : Math.Max(1, (examineMax ?? int.MaxValue) / path.Combinations.Count);
        return path.Combinations.Select(values =>
        {
            var driver = Driver(path, values, range);
            return new ListStream(Fill(page)!, Fill(boundary), driver, path.Residual, range.Start, examine);

            string? Fill(string? query) => query is null ? null : SqlText.Query(query)
                .Replace("{index}", path.Index.Name).Replace("{driver}", driver.Sql).Replace("{residual}", path.Residual.Sql)
                .Replace("{columns}", string.Concat(path.Residual.Columns.Select(c => $", {c}")));
        });
    }

    private static SqlClause Driver(ListPath path, string[] values, CreationRange range)
    {
        var driver = new SqlClause();
        foreach (var (column, value) in path.Equal.Zip(values))
        {
            driver.And($"{column} = ?", value);
        }

        if (path.IsLate)
        {
            driver.And("late_count > 0");
        }

        return range.Floor is { } floor ? driver.And(path.Index.IsOfLabel ? "execution_labels.created_at >= ?" : "created_at >= ?", floor) : driver;
    }

    /// <summary>The ids that begin like that, and the list of the workflows that do. Null where there are too many: then any walk finds some soon.</summary>
    private static (ListStream Ids, ListFilter? Workflows)? Prefixed(Session session, ListFilter filter, string prefix)
    {
        const string ids = "sqlite_autoindex_executions_1";
        var end = prefix + "\U0010FFFF";
        var range = new SqlClause().And("id >= ? and id <= ?", prefix, end);
        if (Count(session, $"executions indexed by {ids}", range, FewMax + 1) > FewMax)
        {
            return null;
        }

        var workflows = session["list-workflows"].Text(prefix).Text(end).Int(WorkflowsMax + 1).All(row => row.Text(0));
        if (workflows.Count > WorkflowsMax)
        {
            return null;
        }

        string[] asked = [.. filter.Equal.TryGetValue("workflow", out var some) ? some.Intersect(workflows, StringComparer.Ordinal) : workflows];
        return (
            Range(ids, range, filter.Residual(["prefix"])),
            asked.Length == 0 ? null : new(filter.Filter with { Workflow = asked, Prefix = null }));
    }

    /// <summary>Where to look for what started in the time asked for, and the few that started long after they were made.</summary>
    private static (CreationRange Range, IReadOnlyList<ListStream> Skewed) Timed(Session session, ListFilter filter, int examineMax)
    {
        if (!filter.HasTime)
        {
            return (CreationRange.All, []);
        }

        var most = Math.Min(QuickMax, examineMax);
        var skewed = new SqlClause().And(CreationRange.Skewed).And(filter.Time());
        return Count(session, "executions indexed by executions_skewed", skewed, most + 1) switch
        {
            0 => (new(filter.Filter.StartedAfter, filter.Filter.StartedBefore), []),
            var count when count > most => (CreationRange.All, []),
            _ => (new(filter.Filter.StartedAfter, filter.Filter.StartedBefore), [Range("executions_skewed", skewed, filter.Residual(["started_at"]))]),
        };
    }

    private static ListStream Range(string index, SqlClause range, SqlClause residual) => new(
        SqlText.Query("list-range").Replace("{index}", index).Replace("{driver}", range.Sql).Replace("{residual}", residual.Sql),
        null,
        range,
        residual,
        ListKey.Newest,
        null);
}
