using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Sqlite.Statements;
using ExecutionGrains.Storage.Statements;

namespace ExecutionGrains.Storage.Sqlite.Lists;

/// <summary>
/// Chooses the streams of a list. Prefers the index that settles every filter, with one stream per combination of values, otherwise the one with few matching
/// rows. Adds a small range of ids or start times if the list needs it.
/// </summary>
internal static class ListPlan
{
    private const string Ids = "sqlite_autoindex_executions_1";

    private const int WorkflowsMax = 64;
    private const int FewWorkflowsMax = 16;
    private const int GlanceMax = 200;
    private const int SomeMax = 60;
    private const int FewMax = 500;
    private const int QuickMax = 2_000;

    private static readonly ListDialect Dialect = new(
        Begins,
        HasLabel,
        "(select json_extract(value, '$[0]') as status, json_extract(value, '$[1]') as cause, json_extract(value, '$[2]') as at "
            + "from json_each(executions_row.epochs)) as was",
        table => $"{table}duration");

    /// <summary>Increasingly expensive plans for the same page, to be tried until one fills it. The result of the last plan is final.</summary>
    public static IEnumerable<IReadOnlyList<ListStream>> Attempts(Session session, ListFilter filter, int examineMax) => filter.Parts() switch
    {
        [var whole] => AttemptsOf(session, whole, examineMax),
        var parts => Together([.. parts.Select(part => AttemptsOf(session, part, examineMax).GetEnumerator())]),
    };

    /// <summary>Combines the plans of the parts. A part without a further plan keeps its last one.</summary>
    private static IEnumerable<IReadOnlyList<ListStream>> Together(IEnumerator<IReadOnlyList<ListStream>>[] parts)
    {
        var ways = new IReadOnlyList<ListStream>[parts.Length];
        Array.Fill(ways, []);
        var isFirst = true;
        while (true)
        {
            var more = isFirst;
            isFirst = false;
            for (var i = 0; i < parts.Length; i++)
            {
                if (parts[i].MoveNext())
                {
                    (ways[i], more) = (parts[i].Current, true);
                }
            }

            if (!more)
            {
                yield break;
            }

            yield return [.. ways.SelectMany(streams => streams)];
        }
    }

    private static IEnumerable<IReadOnlyList<ListStream>> AttemptsOf(Session session, ListFilter filter, int examineMax) =>
        filter.Order is { } order ? Sorted(session, filter, order, examineMax)
        : Small(session, filter, null, examineMax) is { } small ? [[small]]
        : ByCreation(session, filter, examineMax);

    /// <summary>A stream of a range on another order than the list's, if it has few rows. Null: there is none.</summary>
    /// <param name="order">Order of the list. Null: by creation.</param>
    private static ListStream? Small(Session session, ListFilter filter, ListOrder? order, int examineMax)
    {
        var most = Math.Min(QuickMax, examineMax);
        foreach (var range in filter.Ranges().Where(range => range.Order != order))
        {
            var clause = range.Clause(filter.Value(range.Order));
            if (Count(session, $"executions indexed by {range.Order.Index}", clause, most + 1) <= most)
            {
                return Range(range.Order.Index, clause, filter.ResidualAnyOrder(range.Order.Name), filter, order);
            }
        }

        return null;
    }

    /// <summary>
    /// If few executions match, they are sorted. Otherwise the order's own index is scanned, which also covers status, workflow and namespace.
    /// </summary>
    private static IEnumerable<IReadOnlyList<ListStream>> Sorted(Session session, ListFilter filter, ListOrder order, int examineMax)
    {
        var most = Math.Min(QuickMax, examineMax);
        if (Small(session, filter, order, examineMax) is { } small)
        {
            return [[small]];
        }

        if (filter.Filter.Prefix is { Length: > 0 } prefix && Workflows(session, prefix, 0) is { Length: 0 })
        {
            var ids = new SqlClause().And("id >= ? and id <= ?", prefix, End(prefix));
            if (CountIds(session, ids, most) <= most)
            {
                return [[Range(Ids, ids, filter.ResidualAnyOrder("prefix"), filter, order)]];
            }
        }

        var few = ListPath.Of(filter).Find(path => (path.IsNarrow || filter.HasCreated) && IsWithin(session, path, filter.Created, most));
        return few is not null ? [[.. Few(few, filter, order)]] : [[Walk(filter, order, examineMax)]];
    }

    private static IEnumerable<ListStream> Few(ListPath path, ListFilter filter, ListOrder order) => path.Combinations.Select(values =>
    {
        var driver = Driver(path, values, filter.Created);
        var labelled = $"id in (select execution_id from execution_labels where {driver.Sql})";
        return path.Index.IsOfLabel
            ? Range(Ids, new SqlClause().And(labelled, [.. driver.Values]), filter.ResidualAnyOrder(), filter, order)
            : Range(path.Index.Name, driver, filter.ResidualAnyOrder(path.Index.Columns), filter, order);
    });

    private static ListStream Walk(ListFilter filter, ListOrder order, int examineMax)
    {
        var range = filter.Range(order);
        // The upper bound becomes the start position instead of a condition.
        var (driver, covered) = ((range with { Before = null }).Clause(filter.Value(order)), filter.Covered());
        var others = filter.ResidualAnyOrder([order.Name, .. ListFilter.Covering]);
        return new(
            Fill("ListSorted"), Fill("FindSortedBoundary"), driver, new SqlClause().And(covered).And(others),
            range.Before is { } before ? new(before, string.Empty) : ListKey.Newest, Math.Max(1, examineMax));

        string Fill(string statement) => SqlText.Statements[statement].Fill(hole => hole switch
        {
            "order" => filter.Value(order),
            "index" => order.Index,
            "driver" => driver.Sql,
            "covered" => covered.Sql,
            "residual" => others.Sql,
            _ => throw SqlStatement.Unknown(hole),
        });
    }

    private static IEnumerable<IReadOnlyList<ListStream>> ByCreation(Session session, ListFilter filter, int examineMax)
    {
        if (filter.Filter.Prefix is not { Length: > 0 } prefix)
        {
            return Walks(session, filter, examineMax);
        }

        var ids = new SqlClause().And("id >= ? and id <= ?", prefix, End(prefix));
        return CountIds(session, ids, SomeMax) switch
        {
            0 => Prefixed(session, filter, prefix, [], examineMax),
            <= SomeMax => Prefixed(session, filter, prefix, [Range(Ids, ids, filter.ResidualAnyOrder(["prefix"]), filter)], examineMax),
            _ => Begun(session, filter, prefix, ids, examineMax),
        };
    }

    /// <param name="ids">Condition: the id starts with the prefix. More executions match than a page needs.</param>
    private static IEnumerable<IReadOnlyList<ListStream>> Begun(Session session, ListFilter filter, string prefix, SqlClause ids, int examineMax)
    {
        // Usually nearly all ids start with the prefix. Then the newest executions fill the page, and faster than the ids can be counted.
        yield return Glance(session, filter, examineMax);
        // With many matching ids, any scan soon finds some.
        var others = CountIds(session, ids, FewMax) > FewMax
            ? Walks(session, filter, examineMax)
            : Prefixed(session, filter, prefix, [Range(Ids, ids, filter.ResidualAnyOrder(["prefix"]), filter)], examineMax);
        foreach (var streams in others)
        {
            yield return streams;
        }
    }

    private static int CountIds(Session session, SqlClause ids, int most) => Count(session, $"executions indexed by {Ids}", ids, most + 1);

    /// <summary>Examines a few of the newest executions, and those of the requested time if the index contains it. Enough if they fill the page.</summary>
    private static IReadOnlyList<ListStream> Glance(Session session, ListFilter filter, int examineMax)
    {
        var (range, skewed) = Timed(session, filter, examineMax);
        var (path, visitMax) = (ListPath.Of(filter)[0], Math.Min(GlanceMax, examineMax));
        var streams = (path.Index.IsOfLabel, filter.HasTime) switch
        {
            (true, _) => Streams(path, range, "ListLabelWalk", null, visitMax),
            (false, false) => Streams(path, range, "ListWalk", null, visitMax),
            _ => GlanceAtTime(filter, path, range, visitMax, Math.Min(QuickMax, examineMax)),
        };
        return [.. streams, .. skewed];
    }

    private static IEnumerable<ListStream> GlanceAtTime(ListFilter filter, ListPath path, CreationRange range, int visitMax, int examineMax)
    {
        var (time, others) = (filter.Time(), filter.Residual([.. path.Index.Columns, "started_at"]));
        return Streams(path, range, "ListGlance", null, examineMax, others, time, visitMax);
    }

    /// <param name="ids">Streams of the executions whose id starts with the prefix. They are few or none.</param>
    private static IEnumerable<IReadOnlyList<ListStream>> Prefixed(Session session, ListFilter filter, string prefix, ListStream[] ids, int examineMax)
    {
        var workflows = filter.Begun(prefix) ?? Workflows(session, prefix, FewWorkflowsMax);
        if (workflows is null)
        {
            // With many matching workflows, the newest executions often fill the page, and faster than a lookup per workflow.
            yield return Glance(session, filter, examineMax);
            workflows = Workflows(session, prefix, WorkflowsMax);
        }

        if (workflows is null)
        {
            foreach (var walk in Walks(session, filter, examineMax))
            {
                yield return walk;
            }

            yield break;
        }

        foreach (var more in workflows.Length == 0 ? [[]] : Walks(session, filter.With(filter.Filter with { Workflow = workflows, Prefix = null }), examineMax))
        {
            yield return [.. ids, .. more];
        }
    }

    private static IEnumerable<IReadOnlyList<ListStream>> Walks(Session session, ListFilter filter, int examineMax)
    {
        var (range, skewed) = Timed(session, filter, examineMax);
        var paths = ListPath.Of(filter);
        var few = paths.Count == 1 ? null : Fewest(session, paths, range, Math.Min(FewMax, examineMax));
        if (few is null && paths.Count > 1)
        {
            // Often many executions match all filters. Then any path is fast, and faster than counting.
            yield return [.. Streams(paths[0], range, Math.Min(QuickMax, examineMax)), .. skewed];
            few = Fewest(session, paths, range, Math.Min(10 * FewMax, examineMax)) ?? Fewest(session, paths, range, examineMax);
        }

        yield return [.. Streams(few ?? paths[0], range, few is null ? examineMax : null), .. skewed];
    }

    private static ListPath? Fewest(Session session, List<ListPath> paths, CreationRange range, int most) => paths.Find(p => IsWithin(session, p, range, most));

    /// <summary>Whether a path has at most <paramref name="most"/> rows.</summary>
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
        var count = SqlText.Statements["CountRange"].Fill(hole => hole switch
        {
            "source" => source,
            "range" => range.Sql,
            _ => throw SqlStatement.Unknown(hole),
        });
        return session.Filled(count).Values(range).Int("most", most).One(row => row.Int(0));
    }

    /// <param name="examineMax">Rows that may be examined if some do not match. Null: no limit, because the rows are known to be few.</param>
    private static IEnumerable<ListStream> Streams(
        ListPath path, CreationRange range, int? examineMax) => (path.IsExact, path.Index.IsOfLabel, examineMax) switch
        {
            (true, true, _) => Streams(path, range, "ListLabelPage", null, null),
            (true, false, _) => Streams(path, range, "ListPage", null, null),
            (false, true, _) => Streams(path, range, "ListLabelWalk", "FindLabelWalkBoundary", examineMax ?? int.MaxValue),
            (false, false, null) => Streams(path, range, "ListAll", null, null),
            (false, false, _) => Streams(path, range, "ListWalk", "FindWalkBoundary", examineMax),
        };

    private static IEnumerable<ListStream> Streams(ListPath path, CreationRange range, string page, string? boundary, int? examineMax) =>
        Streams(path, range, page, boundary, examineMax, path.Residual, new SqlClause(), null);

    /// <param name="page">The statement of a page.</param>
    /// <param name="boundary">The statement of the last position examined. Null: not needed, or all rows are examined.</param>
    /// <param name="time">What is asked of the index alone, before rows count as visited.</param>
    private static IEnumerable<ListStream> Streams(
        ListPath path, CreationRange range, string page, string? boundary, int? examineMax, SqlClause residual, SqlClause time, int? visitMax)
    {
        int? examine = examineMax is { } most ? Math.Max(1, most / path.Combinations.Count) : null;
        var drivers = path.Combinations.Select(values => Driver(path, values, range)).ToList();
        // One text for all combinations. Their values are its parameters.
        var (pageText, boundaryText) = (Fill(page), boundary is null ? null : Fill(boundary));
        var asked = new SqlClause().And(time).And(residual);
        return drivers.Select(driver => new ListStream(pageText, boundaryText, driver, asked, range.Start, examine, visitMax));

        string Fill(string statement) => SqlText.Statements[statement].Fill(hole => hole switch
        {
            "index" => path.Index.Name,
            "driver" => drivers[0].Sql,
            "time" => time.Sql,
            "residual" => residual.Sql,
            "columns" => residual.Columns.Contains("started_at") ? null : string.Empty,
            _ => throw SqlStatement.Unknown(hole),
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

    /// <summary>The workflows that start with the prefix. Null: there are more than <paramref name="most"/>.</summary>
    private static string[]? Workflows(Session session, string prefix, int most)
    {
        var found = new List<string>();
        var (next, end) = (prefix, End(prefix));
        while (found.Count <= most && session["FindWorkflow"].Text("first", next).Text("last", end).One(row => row.Text(0)) is { } workflow)
        {
            found.Add(workflow);
            // The smallest text that follows it.
            next = workflow + '\0';
        }

        return found.Count > most ? null : [.. found];
    }

    public static ListFilter Filter(ExecutionFilter filter) => new(filter, Dialect);

    /// <summary>The prefix condition as a comparison, which is cheaper per row than substr on both texts.</summary>
    private static SqlClause Begins(string prefix) =>
        new SqlClause().And("(workflow >= ? and workflow <= ? or id >= ? and id <= ?)", prefix, End(prefix), prefix, End(prefix));

    private static SqlClause HasLabel(string key) =>
        new SqlClause().And("exists (select 1 from json_each(executions_row.labels) as named where named.key = ?)", key);

    private static string End(string prefix) => prefix + "\U0010FFFF";

    /// <summary>The creation times to search for executions that started in the requested range, and a stream of the few skewed ones.</summary>
    private static (CreationRange Range, IReadOnlyList<ListStream> Skewed) Timed(Session session, ListFilter filter, int examineMax)
    {
        if (!filter.HasTime)
        {
            return (filter.Created, []);
        }

        var most = Math.Min(QuickMax, examineMax);
        var skewed = new SqlClause().And(CreationRange.Skewed).And(filter.Time());
        return Count(session, "executions indexed by executions_skewed", skewed, most + 1) switch
        {
            0 => (filter.Created.Started(filter.Filter.StartedAfter, filter.Filter.StartedBefore), []),
            var count when count > most => (filter.Created, []),
            _ => (
                filter.Created.Started(filter.Filter.StartedAfter, filter.Filter.StartedBefore),
                [Range("executions_skewed", skewed, filter.ResidualAnyOrder(["started_at"]), filter)]),
        };
    }

    /// <param name="order">Order of the list. Null: by creation.</param>
    private static ListStream Range(string index, SqlClause range, SqlClause residual, ListFilter filter, ListOrder? order = null) => new(
        SqlText.Statements["ListRange"].Fill(hole => hole switch
        {
            "order" => order is null ? "created_at" : filter.Value(order),
            "index" => index,
            "driver" => range.Sql,
            "residual" => residual.Sql,
            _ => throw SqlStatement.Unknown(hole),
        }),
        null,
        range,
        residual,
        ListKey.Newest,
        null);
}
