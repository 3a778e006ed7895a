namespace ExecutionGrains.Storage.Postgres;

/// <summary>
/// One way through one index, newest first. A list is the merge of its streams. The queries' parameters appear in this order: the
/// driver's, the place to start from, how many to examine, the residual's, the limit.
/// </summary>
internal sealed class ListStream(string page, string? boundary, SqlClause driver, SqlClause residual, int examine)
{
    /// <summary>Adds what matches; returns the last place examined where the bound ended it, null where the stream did.</summary>
    public async Task<ListKey?> ReadAsync(ListQuery query, ListKey from, int limit, SortedSet<ListKey> hits)
    {
        var found = await query.AllAsync(page, Key, Values(from, limit)).ConfigureAwait(false);
        hits.UnionWith(found);
        if (boundary is null || found.Count == limit)
        {
            // A full stream is complete as far as it came.
            return found.Count == limit ? found[^1] : null;
        }

        var end = await query.AllAsync(boundary, Key, [.. driver.Values, from.CreatedAt, from.Id, (long)examine]).ConfigureAwait(false);
        return end is [var last] ? last : null;
    }

    public Task<List<string>> ExplainAsync(ListQuery query) =>
        query.AllAsync("explain (costs off) " + page, row => row.Text(0), Values(ListKey.Newest, 1));

    private IEnumerable<object> Values(ListKey from, int limit) => boundary is null
        ? [.. driver.Values, from.CreatedAt, from.Id, .. residual.Values, (long)limit]
        : [.. driver.Values, from.CreatedAt, from.Id, (long)examine, .. residual.Values, (long)limit];

    private static ListKey Key(Row row) => new(row.Long(0), row.Text(1));
}
