namespace ExecutionGrains.Storage.Lists;

/// <summary>An SQL condition and its parameter values, in order. Values are strings or integers.</summary>
internal sealed class SqlClause
{
    private readonly List<string> parts = [];
    private readonly List<object> values = [];

    public string Sql => parts.Count == 0 ? "true" : string.Join(" and ", parts);

    public IReadOnlyList<object> Values => values;

    /// <summary>The columns that the condition reads, except created_at, id and number.</summary>
    public ISet<string> Columns { get; } = new SortedSet<string>(StringComparer.Ordinal);

    public SqlClause And(string sql, params ReadOnlySpan<object> with)
    {
        parts.Add(sql);
        values.AddRange(with);
        return this;
    }

    public SqlClause And(SqlClause other)
    {
        Columns.UnionWith(other.Columns);
        return And(other.Sql, [.. other.values]);
    }

    public SqlClause Of(params ReadOnlySpan<string> columns)
    {
        foreach (var column in columns)
        {
            Columns.Add(column);
        }

        return this;
    }
}
