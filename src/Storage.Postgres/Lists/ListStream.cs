using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Statements;

namespace ExecutionGrains.Storage.Postgres.Lists;

/// <summary>
/// A scan of one index, newest first, over all combinations of values at once. A list is the merge of its streams. The statements (lists.sql) have the
/// driver's values before those of the residual.
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

    /// <param name="examineMax">Rows that may be examined if some do not match. Null: no limit, because the rows are known to be few.</param>
    public ListStream(ListPath path, CreationRange range, int? examineMax)
    {
        isMerged = path.Combinations.Count > 1;
        residual = path.Residual;
        start = range.Start;
        examine = path.IsExact ? null : Math.Max(1, (examineMax ?? int.MaxValue) / path.Combinations.Count);
        driver = [.. Values(path), .. range.Floor is { } floor ? [(object)floor] : Array.Empty<object>()];
        // Only the scan of all executions uses another expression; see the migration.
        var place = path.Equal.Count == 0 && !path.IsLate ? "(created_at | 0)" : "created_at";
        string[] conditions = [.. path.Equal.Select((c, i) => isMerged ? $"{c} = d.v{i}" : $"{c} = ?"), .. Also(path, range, place)];
        var kind = (isMerged ? "Merged" : string.Empty) + (path.Index.IsOfLabel ? "Label" : string.Empty);
        page = Fill(path.IsExact ? $"List{kind}Page" : $"List{kind}Walk");
        boundary = path.IsExact || examineMax is null ? null : Fill($"Find{kind}WalkBoundary");
        glance = path.IsExact || path.Index.IsOfLabel || !isMerged ? null : Fill("ListGlance");

        string Fill(string statement) => SqlText.Statements[statement].Fill(hole => hole switch
        {
            "driver" => conditions is [] ? "true" : string.Join(" and ", conditions),
            "place" => place,
            "values" => string.Join(", ", path.Equal.Select(_ => "?::text[]")),
            "names" => string.Join(", ", path.Equal.Select((_, i) => $"v{i}")),
            "joined" => residual.Columns.Count == 0 ? string.Empty : null,
            "residual" => residual.Sql,
            _ => throw SqlStatement.Unknown(hole),
        });
    }

    /// <summary>A stream of a small range on another order than the list's.</summary>
    /// <param name="order">SQL of the list's order. Null: by creation.</param>
    public ListStream(SqlClause range, SqlClause residual, string? order = null)
    {
        (driver, this.residual, start) = ([.. range.Values], residual, ListKey.Newest);
        page = SqlText.Statements["ListRange"].Fill(hole => hole switch
        {
            "order" => order ?? "created_at",
            "driver" => range.Sql,
            "residual" => residual.Sql,
            _ => throw SqlStatement.Unknown(hole),
        });
    }

    /// <summary>A scan of the order's own index.</summary>
    public ListStream(ListFilter filter, ListOrder order, int examineMax)
    {
        var range = filter.Range(order);
        // The upper bound becomes the start position instead of a condition.
        var (bounds, covered, others) = (
            (range with { Before = null }).Clause(filter.Value(order)), filter.Covered(), filter.ResidualAnyOrder([order.Name, .. ListFilter.Covering]));
        driver = [.. bounds.Values];
        residual = new SqlClause().And(covered).And(others);
        start = range.Before is { } before ? new(before, string.Empty) : ListKey.Newest;
        examine = examineMax;
        page = Fill("ListSorted");
        boundary = Fill("FindSortedBoundary");

        string Fill(string statement) => SqlText.Statements[statement].Fill(hole => hole switch
        {
            "order" => filter.Value(order),
            "driver" => bounds.Sql,
            "covered" => covered.Sql,
            "residual" => others.Sql,
            _ => throw SqlStatement.Unknown(hole),
        });
    }

    /// <summary>The final texts of its queries.</summary>
    public List<string> Texts => [.. new[] { glance, page, boundary }.OfType<string>()];

    /// <summary>Whether a single query is enough.</summary>
    public bool IsExact => boundary is null;

    /// <summary>
    /// Reads the matches after a position. Boundary: the last position examined if the limit of examined rows ended the scan; null if the stream ended.
    /// </summary>
    public async Task<(List<ListHit> Hits, ListKey? Boundary)> ReadAsync(ListQuery query, ListKey from, int limit)
    {
        from = from.CompareTo(start) < 0 ? start : from;
        if (glance is not null)
        {
            // First try the newest rows of all combinations together. Most of them usually match, so fewer rows are read than with the limit per combination.
            var places = limit * 3L / 2;
            var seen = await HitsAsync(
                query, glance, [.. driver, .. residual.Values], [.. Before(from), ("place_max", places), ("row_max", (long)limit)]).ConfigureAwait(false);
            if (seen.Count == limit)
            {
                return (seen, null);
            }
        }

        var found = await HitsAsync(query, page, [.. driver, .. residual.Values], Values(from, limit)).ConfigureAwait(false);
        if (boundary is null || (found.Count == limit && !isMerged))
        {
            // A full stream is complete up to its last match. Of merged streams, one may have filled the page after another had reached its limit.
            return (found, null);
        }

        var down = found.Count == limit ? found[^1].Key : Oldest;
        var end = await query.AllAsync(
            boundary,
            row => new ListKey(row.Long(0), row.Text(1)),
            driver,
            [.. Before(from), ("down_created_at", down.CreatedAt), ("down_id", down.Id), ("examine_max", examine!.Value)]).ConfigureAwait(false);
        return (found, end is [var place] ? place : null);
    }

    public Task<List<string>> ExplainAsync(ListQuery query) => query.AllAsync(
        "explain (costs off) " + page, row => row.Text(0), [.. driver, .. residual.Values], Values(ListKey.Newest, 1));

    /// <summary>A condition over all combinations, for counting the rows of a path.</summary>
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

    private static Task<List<ListHit>> HitsAsync(
        ListQuery query, string sql, IEnumerable<object> marks, (string Name, object? Value)[] values) =>
        query.AllAsync(sql, row => new ListHit(new(row.Long(0), row.Text(1)), row.Blob(2)), marks, values);

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

    /// <summary>The values of a single combination, or one array per column for several combinations.</summary>
    private object[] Values(ListPath path) => isMerged
        ? [.. path.Equal.Select((_, i) => path.Combinations.Select(c => c[i]).ToArray())]
        : [.. path.Combinations[0]];

    private static (string Name, object? Value)[] Before(ListKey from) => [("before_created_at", from.CreatedAt), ("before_id", from.Id)];

    private (string Name, object? Value)[] Values(ListKey from, int limit) =>
    [
        .. Before(from), ("row_max", (long)limit), .. examine is { } most ? [("examine_max", most)] : Array.Empty<(string, object?)>(),
    ];
}
