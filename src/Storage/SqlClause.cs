namespace ExecutionGrains.Storage;

/// <summary>A condition and its values, in order. Values are texts or integers.</summary>
internal sealed class SqlClause
{
    private readonly List<string> parts = [];
    private readonly List<object> values = [];

    public string Sql => parts.Count == 0 ? "true" : string.Join(" and ", parts);

    public IReadOnlyList<object> Values => values;

    public SqlClause And(string sql, params ReadOnlySpan<object> with)
    {
        parts.Add(sql);
        values.AddRange(with);
        return this;
    }

    public SqlClause And(SqlClause other) => And(other.Sql, [.. other.values]);
}
