namespace ExecutionGrains.Storage.Postgres;

/// <summary>
/// Chooses the streams of a list: those of the index that settles every filter; where there is none, those of the index that leads to the
/// fewest executions. A small range of ids or of start times beside them where there is one.
/// </summary>
internal static class ListPlan
{
    private const int WorkflowsMax = 64;
    private const int FewWorkflowsMax = 16;
    private const int GlanceMax = 200;
    private const int FewMax = 500;
    private const int QuickMax = 2_000;

    /// <summary>The stream of a list that one query answers; null where it takes several.</summary>
    public static ListStream? Simple(ListFilter filter) =>
        filter is { HasTime: false, Filter.Prefix: null or { Length: 0 } } && ListPath.Of(filter) is [{ IsExact: true } path]
            ? new(path, CreationRange.All, null)
            : null;

    /// <summary>Ways to the same page, one after the other until one fills it; the last is what there is.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<ListStream>> Attempts(ListQuery query, ListFilter filter, int examineMax)
    {
        var prefix = filter.Filter.Prefix is { Length: > 0 } some ? some : null;
        var (ids, workflows) = prefix is null ? default : await BegunAsync(query, filter, prefix, FewWorkflowsMax).ConfigureAwait(false);
        if (ids is not null && workflows is null)
        {
            // Where many workflows begin so, the newest often fill the page, and sooner than each workflow is looked up.
            var (range, skewed) = await TimedAsync(query, filter, examineMax).ConfigureAwait(false);
            yield return [new(ListPath.Of(filter)[0], range, Math.Min(GlanceMax, examineMax)), .. skewed];
            (ids, workflows) = await BegunAsync(query, filter, prefix!, WorkflowsMax).ConfigureAwait(false);
        }

        if (ids is null || workflows is null)
        {
            // Where many ids begin so, or very many workflows, any walk finds some soon.
            await foreach (var walk in Walks(query, filter, examineMax).ConfigureAwait(false))
            {
                yield return walk;
            }

            yield break;
        }

        ListStream begun = new(ids, filter.Residual(["prefix"]));
        if (workflows.Length == 0)
        {
            yield return [begun];
            yield break;
        }

        await foreach (var walk in Walks(query, new(filter.Filter with { Workflow = workflows, Prefix = null }), examineMax).ConfigureAwait(false))
        {
            yield return [begun, .. walk];
        }
    }

    private static async IAsyncEnumerable<IReadOnlyList<ListStream>> Walks(ListQuery query, ListFilter filter, int examineMax)
    {
        var (range, skewed) = await TimedAsync(query, filter, examineMax).ConfigureAwait(false);
        var paths = ListPath.Of(filter);
        if (paths is [var only])
        {
            yield return [new(only, range, examineMax), .. skewed];
            yield break;
        }

        var few = await FewestAsync(query, paths, range, Math.Min(FewMax, examineMax)).ConfigureAwait(false);
        if (few is null)
        {
            // Often much has all that is asked for: then any way is quick, and quicker than counting.
            yield return [new(paths[0], range, Math.Min(QuickMax, examineMax)), .. skewed];
            few = await FewestAsync(query, paths, range, examineMax).ConfigureAwait(false);
        }

        yield return [new(few ?? paths[0], range, few is null ? examineMax : null), .. skewed];
    }

    /// <summary>The path that leads to the fewest; null where each leads to more than so many.</summary>
    private static async Task<ListPath?> FewestAsync(ListQuery query, List<ListPath> paths, CreationRange range, int most)
    {
        List<string> counts = [];
        List<object> values = [];
        foreach (var path in paths)
        {
            var whole = ListStream.Whole(path, range);
            counts.Add($"({Counted(path.Index.IsOfLabel ? ListIndex.Labels : "executions", whole)})");
            values.AddRange([.. whole.Values, (long)most + 1]);
        }

        var found = await query.AllAsync(
            "select " + string.Join(", ", counts), row => Enumerable.Range(0, paths.Count).Select(row.Long).ToArray(), values).ConfigureAwait(false);
        var fewest = found[0].Index().MinBy(c => c.Item);
        return fewest.Item <= most ? paths[fewest.Index] : null;
    }

    private static string Counted(string source, SqlClause range) =>
        SqlText.Query("list-range-count").Replace("{source}", source).Replace("{range}", range.Sql);

    /// <summary>The ids and the workflows that begin so; null where there are more.</summary>
    private static async Task<(SqlClause? Ids, string[]? Workflows)> BegunAsync(ListQuery query, ListFilter filter, string prefix, int most)
    {
        var end = prefix + "\U0010FFFF";
        var found = await query.AllAsync(
            SqlText.Query("list-prefix"), row => (Ids: row.Long(0), Workflows: row.Texts(1)), prefix, end, FewMax + 1L, most + 1L).ConfigureAwait(false);
        var (ids, workflows) = found[0];
        return (
            ids > FewMax ? null : new SqlClause().And("id >= ? and id <= ?", prefix, end),
            filter.Begun(prefix) ?? (workflows.Length > most ? null : workflows));
    }

    /// <summary>Where to look for what started in the time asked for, and the few that started long after they were made.</summary>
    private static async Task<(CreationRange Range, IReadOnlyList<ListStream> Skewed)> TimedAsync(ListQuery query, ListFilter filter, int examineMax)
    {
        if (!filter.HasTime)
        {
            return (CreationRange.All, []);
        }

        var most = Math.Min(QuickMax, examineMax);
        var skewed = new SqlClause().And(CreationRange.Skewed).And(filter.Time());
        var count = await query.AllAsync(Counted("executions", skewed), row => row.Long(0), [.. skewed.Values, most + 1L]).ConfigureAwait(false);
        return count[0] > most
            ? (CreationRange.All, [])
            : (new(filter.Filter.StartedAfter, filter.Filter.StartedBefore), count[0] == 0 ? [] : [new(skewed, filter.Residual(["started_at"]))]);
    }
}
