namespace ExecutionGrains.Storage.Postgres;

/// <summary>
/// One way through one index, newest first, over all combinations of values at once. A list is the merge of its streams. The queries' parameters appear
/// in this order: the driver's, the place to start from, how many to examine, the residual's, the limit, and that of the merged ones.
/// </summary>
internal sealed class ListStream
{
    private static readonly ListKey Oldest = new(long.MinValue, string.Empty);

    private readonly string page;
    private readonly string? boundary;
    private readonly string? glance;
    private readonly object[] driver;
    private readonly SqlClause residual;
    private readonly ListKey start;
    private readonly long? examine;
    private readonly bool isMerged;

    /// <param name="examineMax">How many it may examine where it leads to others too. Null: it is known that they are few.</param>
    public ListStream(ListPath path, CreationRange range, int? examineMax)
    {
        isMerged = path.Combinations.Count > 1;
        residual = path.Residual;
        start = range.Start;
        examine = path.IsExact ? null : Math.Max(1, (examineMax ?? int.MaxValue) / path.Combinations.Count);
        driver = [.. Values(path), .. range.Floor is { } floor ? [(object)floor] : Array.Empty<object>()];
        // Only the walk over all of them has another order, see the migration.
        var place = path.Equal.Count == 0 && !path.IsLate ? "(created_at | 0)" : "created_at";
        string[] conditions = [.. path.Equal.Select((c, i) => isMerged ? $"{c} = d.v{i}" : $"{c} = ?"), .. Also(path, range, place)];
        var kind = path.Index.IsOfLabel ? "list-label" : "list-walk";
        page = Page(path.IsExact ? (path.Index.IsOfLabel ? "list-label-page" : "list-page") : kind);
        boundary = path.IsExact || examineMax is null ? null : Fill($"{kind}-boundary");
        glance = path.IsExact || path.Index.IsOfLabel || !isMerged ? null : Merged(SqlText.Query("list-glance"));

        // Where the place is a row of executions, its state is at hand; of several drivers, or of labels, the places are merged first.
        string Page(string name) => isMerged || path.Index.IsOfLabel
            ? SqlText.Query("list-load").Replace("{places}", Fill(name))
            : Fill(name, ", state");

        string Fill(string name, string state = "")
        {
            var places = Filled(SqlText.Query(name).Replace("{state}", state));
            return !isMerged ? places : Merged(SqlText.Query("list-merge").Replace("{places}", places));
        }

        string Merged(string sql) => Filled(sql)
            .Replace("{arrays}", string.Join(", ", path.Equal.Select(_ => "?::text[]"))).Replace("{names}", string.Join(", ", path.Equal.Select((_, i) => $"v{i}")));

        string Filled(string sql) => sql.Replace("{place}", place).Replace("{driver}", conditions is [] ? "true" : string.Join(" and ", conditions))
            .Replace("{join}", residual.Columns.Count == 0 ? string.Empty : "join executions as executions_row on executions_row.id = l.execution_id")
            .Replace("{residual}", residual.Sql);
    }

    /// <summary>A small range of another order.</summary>
    /// <param name="order">What the list is ordered by; null: creation.</param>
    public ListStream(SqlClause range, SqlClause residual, string? order = null)
    {
        (driver, this.residual, start) = ([.. range.Values], residual, ListKey.Newest);
        page = SqlText.Query("list-range").Replace("{order}", order ?? "created_at").Replace("{range}", range.Sql).Replace("{residual}", residual.Sql);
    }

    /// <summary>The walk through an order's own index.</summary>
    public ListStream(ListFilter filter, ListOrder order, int examineMax)
    {
        var range = filter.Range(order);
        // The upper bound is where the walk starts.
        var (bounds, covered, others) = (
            (range with { Before = null }).Clause(filter.Value(order)), filter.Covered(), filter.ResidualAnyOrder([order.Name, .. ListFilter.Covering]));
        driver = [.. bounds.Values];
        residual = new SqlClause().And(covered).And(others);
        start = range.Before is { } before ? new(before, string.Empty) : ListKey.Newest;
        examine = examineMax;
        page = Fill("list-sorted");
        boundary = Fill("list-sorted-boundary");

        string Fill(string query) => SqlText.Query(query).Replace("{order}", filter.Value(order)).Replace("{driver}", bounds.Sql)
            .Replace("{covered}", covered.Sql).Replace("{residual}", others.Sql);
    }

    /// <summary>Whether one query is all that it takes.</summary>
    public bool IsExact => boundary is null;

    /// <summary>What it has behind a place, and the last place examined where the bound ended it, null where the stream did.</summary>
    public async Task<(List<ListHit> Hits, ListKey? Boundary)> ReadAsync(ListQuery query, ListKey from, int limit)
    {
        from = from.CompareTo(start) < 0 ? start : from;
        if (glance is not null)
        {
            // Of all combinations together the newest, of which mostly more are wanted than not: their rows are visited, and not as many of each.
            var places = limit * 3L / 2;
            object[] newest = [.. driver, from.CreatedAt, from.Id, places, places, .. residual.Values, (long)limit];
            var seen = await HitsAsync(query, glance, newest).ConfigureAwait(false);
            if (seen.Count == limit)
            {
                return (seen, null);
            }
        }

        var found = await HitsAsync(query, page, Values(from, limit)).ConfigureAwait(false);
        if (boundary is null || (found.Count == limit && !isMerged))
        {
            // A full stream is complete as far as it came. Of merged ones, one may have filled the page after another had examined enough.
            return (found, null);
        }

        var down = found.Count == limit ? found[^1].Key : Oldest;
        object[] last = [.. driver, from.CreatedAt, from.Id, down.CreatedAt, down.Id, examine!.Value, .. isMerged ? [1L] : Array.Empty<object>()];
        var end = await query.AllAsync(boundary, row => new ListKey(row.Long(0), row.Text(1)), last).ConfigureAwait(false);
        return (found, end is [var place] ? place : null);
    }

    public Task<List<string>> ExplainAsync(ListQuery query) => query.AllAsync("explain (costs off) " + page, row => row.Text(0), Values(ListKey.Newest, 1));

    /// <summary>A condition of all combinations, for counting what it leads to.</summary>
    public static SqlClause Whole(ListPath path, CreationRange range)
    {
        var whole = new SqlClause();
        foreach (var (column, i) in path.Equal.Select((c, i) => (c, i)))
        {
            string[] values = [.. path.Combinations.Select(c => c[i]).Distinct(StringComparer.Ordinal)];
            whole.And($"{column} in ({string.Join(", ", values.Select(_ => "?"))})", values);
        }

        if (path.IsLate)
        {
            whole.And("late_count > 0");
        }

        if (range.Floor is { } floor)
        {
            whole.And("created_at >= ?", floor);
        }

        return range.Start == ListKey.Newest ? whole : whole.And("created_at < ?", range.Start.CreatedAt);
    }

    private static Task<List<ListHit>> HitsAsync(ListQuery query, string sql, IEnumerable<object> values) =>
        query.AllAsync(sql, row => new ListHit(new(row.Long(0), row.Text(1)), row.Blob(2)), values);

    private static IEnumerable<string> Also(ListPath path, CreationRange range, string place)
    {
        if (path.IsLate)
        {
            yield return "late_count > 0";
        }

        if (range.Floor is not null)
        {
            yield return $"{place} >= ?";
        }
    }

    /// <summary>Of one combination its values, of several a column of values each.</summary>
    private object[] Values(ListPath path) => isMerged
        ? [.. path.Equal.Select((_, i) => path.Combinations.Select(c => c[i]).ToArray())]
        : [.. path.Combinations[0]];

    private IEnumerable<object> Values(ListKey from, int limit) =>
    [
        .. driver, from.CreatedAt, from.Id, .. examine is { } most ? [most] : Array.Empty<object>(), .. residual.Values, (long)limit,
        .. isMerged ? [(long)limit] : Array.Empty<object>(),
    ];
}
