namespace ExecutionGrains.Storage.Postgres;

/// <summary>
/// Chooses the streams of a list: those of the index that settles every filter; where there is none, those of the index that leads to the
/// fewest executions. A small range of ids or of start times beside them where there is one.
/// </summary>
internal static class ListPlan
{
    private const int WorkflowsMax = 64;
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
        if (filter.Filter.Prefix is { Length: > 0 } prefix
            && await PrefixedAsync(query, filter, prefix).ConfigureAwait(false) is var (ids, workflows))
        {
            if (workflows is null)
            {
                yield return [ids];
                yield break;
            }

            await foreach (var more in Attempts(query, workflows, examineMax).ConfigureAwait(false))
            {
                yield return [ids, .. more];
            }

            yield break;
        }

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

    /// <summary>The ids that begin like that, and the list of the workflows that do. Null where there are too many: then any walk finds some soon.</summary>
    private static async Task<(ListStream Ids, ListFilter? Workflows)?> PrefixedAsync(ListQuery query, ListFilter filter, string prefix)
    {
        var end = prefix + "\U0010FFFF";
        var found = await query.AllAsync(
            SqlText.Query("list-prefix"), row => (Ids: row.Long(0), Workflows: row.Texts(1)), prefix, end, FewMax + 1L, WorkflowsMax + 1L).ConfigureAwait(false);
        var (ids, workflows) = found[0];
        if (ids > FewMax || workflows.Length > WorkflowsMax)
        {
            return null;
        }

        string[] asked = [.. filter.Equal.TryGetValue("workflow", out var some) ? some.Intersect(workflows, StringComparer.Ordinal) : workflows];
        return (
            new(new SqlClause().And("id >= ? and id <= ?", prefix, end), filter.Residual(["prefix"])),
            asked.Length == 0 ? null : new(filter.Filter with { Workflow = asked, Prefix = null }));
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
