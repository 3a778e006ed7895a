namespace ExecutionGrains.Storage.Lists;

/// <summary>
/// An access path of a list: an index and the combinations of requested values. Each combination is one range of the index, in the list's order.
/// </summary>
internal sealed class ListPath
{
    private const int CombinationsMax = 64;

    private readonly KeyValuePair<string, string>? label;

    private ListPath(ListFilter filter, ListIndex index, KeyValuePair<string, string>? label = null)
    {
        (Index, this.label) = (index, label);
        var columns = index.Columns.Where(c => c != "late_count").ToArray();
        IEnumerable<string[]> combinations = [[]];
        foreach (var column in columns)
        {
            combinations = combinations.SelectMany(_ => filter.Equal[column], (some, value) => (string[])[.. some, value]);
        }

        Equal = label is null ? columns : ["key", "value", "facet"];
        Combinations = [.. label is { } l ? combinations.Select(c => (string[])[l.Key, l.Value, Facet(columns, c)]) : combinations];
        Residual = filter.Residual(index.Columns, label);
    }

    public ListIndex Index { get; }

    /// <summary>The index columns that every combination has a value for.</summary>
    public IReadOnlyList<string> Equal { get; }

    public IReadOnlyList<string[]> Combinations { get; }

    public bool IsLate => Index.Columns.Contains("late_count");

    /// <summary>The conditions left to check per row.</summary>
    public SqlClause Residual { get; }

    /// <summary>Whether the index settles any filter.</summary>
    public bool IsNarrow => Settled > 0;

    /// <summary>Whether every row of the path belongs to the list.</summary>
    public bool IsExact => Residual.Values.Count == 0 && Residual.Columns.Count == 0;

    /// <summary>The usable paths, the most selective kind first, without those that another path refines. Never empty.</summary>
    public static List<ListPath> Of(ListFilter filter)
    {
        var all = ListIndex.All
            .Where(i => i.Columns.All(c => IsFiltered(filter, c)) && Count(filter, i.Columns) <= CombinationsMax)
            .SelectMany(i => i.IsOfLabel ? filter.Labels.Select(l => new ListPath(filter, i, l)) : [new ListPath(filter, i)])
            .ToList();
        return all.FindAll(path => !all.Exists(path.IsPartOf));
    }

    /// <summary>Whether the other path settles all filters of this one, and more.</summary>
    private bool IsPartOf(ListPath other) =>
        Settled < other.Settled && Index.Columns.All(other.Index.Columns.Contains) && (label is null || label.Equals(other.label));

    private int Settled => Index.Columns.Length + (label is null ? 0 : 1);

    private static string Facet(string[] columns, string[] values) => values is [var value] ? ListIndex.Facet(columns[0], value) : ListIndex.Facet();

    private static bool IsFiltered(ListFilter filter, string column) => column == "late_count" ? filter.Filter.Late : filter.Equal.ContainsKey(column);

    private static int Count(ListFilter filter, string[] columns) =>
        columns.Aggregate(1, (count, column) => count * (column == "late_count" ? 1 : Math.Min(filter.Equal[column].Length, 1_000)));
}
