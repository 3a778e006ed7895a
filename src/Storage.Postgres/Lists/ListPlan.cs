using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Statements;

namespace ExecutionGrains.Storage.Postgres.Lists;

/// <summary>
/// Chooses the streams of a list. Prefers the index that settles every filter, otherwise the one with the fewest matching rows. Adds a small range of ids or
/// start times if the list needs it.
/// </summary>
internal static class ListPlan
{
    private const int WorkflowsMax = 64;
    private const int FewWorkflowsMax = 16;
    private const int GlanceMax = 200;
    private const int FewMax = 500;
    private const int QuickMax = 2_000;

    /// <summary>The stream of a list that a single query can answer. Null: the list needs several queries.</summary>
    public static ListStream? Simple(ListFilter filter) =>
        filter is { HasTime: false, Order: null, Filter: { Prefix: null or { Length: 0 }, HasEpoch: false } } && ListPath.Of(filter) is [{ IsExact: true } path]
            ? new(path, filter.Created, null)
            : null;

    public static ListFilter Filter(ExecutionFilter filter) => new(filter, Dialect);

    private static readonly ListDialect Dialect = new(
        Begins,
        HasLabel,
        "(select e ->> 0 as status, e ->> 1 as cause, (e ->> 2)::bigint as at from json_array_elements(executions_row.epochs::json) as e) as was",
        table => $"({table}ended_at - coalesce({table}started_at, {table}created_at))");

    /// <summary>The prefix condition in a form that no index matches, so that it is checked per row.</summary>
    private static SqlClause Begins(string prefix) =>
        new SqlClause().And("(substr(id, 1, length(?)) = ? or substr(workflow, 1, length(?)) = ?)", prefix, prefix, prefix, prefix);

    private static SqlClause HasLabel(string key) => new SqlClause().And("jsonb_exists(executions_row.labels::jsonb, ?)", key);

    /// <summary>Increasingly expensive plans for the same page, to be tried until one fills it. The result of the last plan is final.</summary>
    public static IAsyncEnumerable<IReadOnlyList<ListStream>> Attempts(ListQuery query, ListFilter filter, int examineMax) => filter.Parts() switch
    {
        [var whole] => AttemptsOf(query, whole, examineMax),
        var parts => Together([.. parts.Select(part => AttemptsOf(query, part, examineMax))]),
    };

    /// <summary>Combines the plans of the parts. A part without a further plan keeps its last one.</summary>
    private static async IAsyncEnumerable<IReadOnlyList<ListStream>> Together(IAsyncEnumerable<IReadOnlyList<ListStream>>[] parts)
    {
        var ways = new IReadOnlyList<ListStream>[parts.Length];
        Array.Fill(ways, []);
        var enumerators = Array.ConvertAll(parts, part => part.GetAsyncEnumerator());
        for (var isFirst = true; ; isFirst = false)
        {
            var more = isFirst;
            for (var i = 0; i < parts.Length; i++)
            {
                if (await enumerators[i].MoveNextAsync().ConfigureAwait(false))
                {
                    (ways[i], more) = (enumerators[i].Current, true);
                }
            }

            if (!more)
            {
                yield break;
            }

            yield return [.. ways.SelectMany(streams => streams)];
        }
    }

    private static async IAsyncEnumerable<IReadOnlyList<ListStream>> AttemptsOf(ListQuery query, ListFilter filter, int examineMax)
    {
        var small = await SmallAsync(query, filter, examineMax).ConfigureAwait(false);
        if (small is not null)
        {
            yield return [small];
        }
        else if (filter.Order is { } order)
        {
            yield return await SortedAsync(query, filter, order, examineMax).ConfigureAwait(false);
        }
        else
        {
            await foreach (var streams in ByCreation(query, filter, examineMax).ConfigureAwait(false))
            {
                yield return streams;
            }
        }
    }

    /// <summary>A stream of a range on another order than the list's, if it has few rows. Null: there is none.</summary>
    private static async Task<ListStream?> SmallAsync(ListQuery query, ListFilter filter, int examineMax)
    {
        var most = Math.Min(QuickMax, examineMax);
        foreach (var range in filter.Ranges().Where(range => range.Order != filter.Order))
        {
            var clause = range.Clause(filter.Value(range.Order));
            if (await CountAsync(query, clause, most).ConfigureAwait(false) <= most)
            {
                return new(clause, filter.ResidualAnyOrder(range.Order.Name), filter.Order is { } order ? filter.Value(order) : null);
            }
        }

        return null;
    }

    /// <summary>
    /// If few executions match, they are sorted. Otherwise the order's own index is scanned, which also covers status, workflow and namespace.
    /// </summary>
    private static async Task<IReadOnlyList<ListStream>> SortedAsync(ListQuery query, ListFilter filter, ListOrder order, int examineMax)
    {
        var (most, value) = (Math.Min(QuickMax, examineMax), filter.Value(order));
        if (filter.Filter.Prefix is { Length: > 0 } prefix)
        {
            var (ids, workflows, _) = await SurveyAsync(query, filter, prefix, 0, examineMax).ConfigureAwait(false);
            if (ids is not null && workflows is { Length: 0 })
            {
                return [new(ids, filter.ResidualAnyOrder("prefix"), value)];
            }
        }

        var paths = ListPath.Of(filter).FindAll(path => path.IsNarrow || filter.HasCreated);
        if (paths.Count > 0 && await FewestAsync(query, paths, filter.Created, most).ConfigureAwait(false) is { } few)
        {
            var driver = ListStream.Whole(few, filter.Created);
            var labelled = $"id = any (array(select execution_id from execution_labels where {driver.Sql}))";
            return few.Index.IsOfLabel
                ? [new(new SqlClause().And(labelled, [.. driver.Values]), filter.ResidualAnyOrder(), value)]
                : [new(driver, filter.ResidualAnyOrder(few.Index.Columns), value)];
        }

        return [new(filter, order, examineMax)];
    }

    private static async Task<long> CountAsync(ListQuery query, SqlClause range, int most)
    {
        var found = await query.AllAsync(Counted("executions", range), row => row.Long(0), range.Values, ("most", (long)most + 1)).ConfigureAwait(false);
        return found[0];
    }

    private static async IAsyncEnumerable<IReadOnlyList<ListStream>> ByCreation(ListQuery query, ListFilter filter, int examineMax)
    {
        var prefix = filter.Filter.Prefix is { Length: > 0 } some ? some : null;
        var (ids, workflows, time) = await SurveyAsync(query, filter, prefix, FewWorkflowsMax, examineMax).ConfigureAwait(false);
        if (ids is not null && workflows is null)
        {
            // With many matching workflows, the newest executions often fill the page, and faster than a lookup per workflow.
            yield return [new(ListPath.Of(filter)[0], time.Range, Math.Min(GlanceMax, examineMax)), .. time.Apart(filter)];
            (ids, workflows, time) = await SurveyAsync(query, filter, prefix, WorkflowsMax, examineMax).ConfigureAwait(false);
        }

        if (ids is null || workflows is null)
        {
            // With many matching ids or very many matching workflows, any scan soon finds some.
            await foreach (var walk in Walks(query, filter, time, examineMax).ConfigureAwait(false))
            {
                yield return walk;
            }

            yield break;
        }

        ListStream begun = new(ids, filter.ResidualAnyOrder(["prefix"]));
        if (workflows.Length == 0)
        {
            yield return [begun];
            yield break;
        }

        var ofWorkflows = filter.With(filter.Filter with { Workflow = workflows, Prefix = null });
        await foreach (var walk in Walks(query, ofWorkflows, time, examineMax).ConfigureAwait(false))
        {
            yield return [begun, .. walk];
        }
    }

    private static async IAsyncEnumerable<IReadOnlyList<ListStream>> Walks(ListQuery query, ListFilter filter, StartTime time, int examineMax)
    {
        var (range, skewed) = (time.Range, time.Apart(filter));
        var paths = ListPath.Of(filter);
        if (paths is [var only])
        {
            yield return [new(only, range, examineMax), .. skewed];
            yield break;
        }

        var few = await FewestAsync(query, paths, range, Math.Min(FewMax, examineMax)).ConfigureAwait(false);
        if (few is null)
        {
            // Often many executions match all filters. Then any path is fast, and faster than counting.
            yield return [new(paths[0], range, Math.Min(QuickMax, examineMax)), .. skewed];
            few = await FewestAsync(query, paths, range, examineMax).ConfigureAwait(false);
        }

        yield return [new(few ?? paths[0], range, few is null ? examineMax : null), .. skewed];
    }

    /// <summary>The path with the fewest rows. Null: each has more than <paramref name="most"/>.</summary>
    private static async Task<ListPath?> FewestAsync(ListQuery query, List<ListPath> paths, CreationRange range, int most)
    {
        List<string> counts = [];
        List<object> values = [];
        foreach (var path in paths)
        {
            var whole = ListStream.Whole(path, range);
            counts.Add($"({Counted(path.Index.IsOfLabel ? ListIndex.Labels : "executions", whole)})");
            values.AddRange(whole.Values);
        }

        var sql = SqlText.Statements["CountRanges"].Fill(_ => string.Join(", ", counts));
        var found = await query.AllAsync(
            sql, row => Enumerable.Range(0, paths.Count).Select(row.Long).ToArray(), values, ("most", (long)most + 1)).ConfigureAwait(false);
        var fewest = found[0].Index().MinBy(c => c.Item);
        return fewest.Item <= most ? paths[fewest.Index] : null;
    }

    private static string Counted(string source, SqlClause range) =>
        SqlText.Statements["CountRange"].Fill(hole => hole switch
        {
            "source" => source,
            "range" => range.Sql,
            _ => throw SqlStatement.Unknown(hole),
        });

    /// <summary>
    /// Reads in one query what the plan needs to know about a prefix and a start time. Ids and workflows that start with the prefix: null if there are too
    /// many. Time: the range of creation times to search.
    /// </summary>
    private static async Task<(SqlClause? Ids, string[]? Workflows, StartTime Time)> SurveyAsync(
        ListQuery query, ListFilter filter, string? prefix, int most, int examineMax)
    {
        var skewed = filter.HasTime ? new SqlClause().And(CreationRange.Skewed).And(filter.Time()) : null;
        if (prefix is null && skewed is null)
        {
            return (null, null, new(filter.Created, null));
        }

        var skewedMax = Math.Min(QuickMax, examineMax);
        var count = skewed is null ? "0::bigint" : Counted("executions", skewed);
        var end = prefix + "\U0010FFFF";
        (string, object?)[] ofPrefix = prefix is null ? [] : [("prefix", prefix), ("prefix_end", end), ("id_max", FewMax + 1L), ("workflow_max", most + 1L)];
        (string, object?)[] ofTime = skewed is null ? [] : [("most", skewedMax + 1L)];
        var found = await query.AllAsync(
            SqlText.Statements[prefix is null ? "SurveyTime" : "SurveyPrefix"].Fill(_ => count),
            row => (Ids: row.Long(0), Workflows: row.Texts(1), Skewed: row.Long(2)),
            skewed?.Values ?? [],
            [.. ofPrefix, .. ofTime]).ConfigureAwait(false);
        var (ids, workflows, apart) = found[0];
        var time = skewed is null || apart > skewedMax
            ? new StartTime(filter.Created, null)
            : new(filter.Created.Started(filter.Filter.StartedAfter, filter.Filter.StartedBefore), apart == 0 ? null : skewed);
        return prefix is null
            ? (null, null, time)
            : (
                ids > FewMax ? null : new SqlClause().And("id >= ? and id <= ?", prefix, end),
                filter.Begun(prefix) ?? (workflows.Length > most ? null : workflows),
                time);
    }

    /// <summary>
    /// The creation times of executions that started in the requested range, and the condition for the few skewed ones. Null: none to search.
    /// </summary>
    private sealed record StartTime(CreationRange Range, SqlClause? Skewed)
    {
        public IReadOnlyList<ListStream> Apart(ListFilter filter) => Skewed is null ? [] : [new(Skewed, filter.ResidualAnyOrder(["started_at"]))];
    }
}
