namespace ExecutionGrains.Storage.Pages;

/// <summary>Makes pages of rows that are numbered.</summary>
internal static class SequencePage
{
    /// <param name="query">What the cursor is tied to.</param>
    /// <param name="rows">One more than the limit if there are more.</param>
    /// <param name="boundary">The last row examined, if the page ended because it examined the maximum.</param>
    public static Page<TItem> Of<TRow, TItem>(
        string query, List<TRow> rows, Func<TRow, long> sequence, int limit, long? boundary, Func<TRow, TItem> item)
    {
        var last = rows.Count > limit ? sequence(rows[limit - 1]) : boundary;
        return new([.. rows.Take(limit).Select(item)], last is { } l ? Cursor.Write(query, l.ToString()) : null);
    }

    public static Page<T> Of<T>(string query, List<T> rows, Func<T, long> sequence, int limit, long? boundary = null) =>
        Of(query, rows, sequence, limit, boundary, row => row);
}
