namespace ExecutionGrains.Storage.Sqlite;

/// <summary>A condition and its values, in order. Values are texts or integers.</summary>
internal sealed class SqlClause
{
    private readonly List<string> parts = [];
    private readonly List<object> values = [];

    public string Sql => parts.Count == 0 ? "1" : string.Join(" and ", parts);

    public SqlClause And(string sql, params ReadOnlySpan<object> with)
    {
        parts.Add(sql);
        values.AddRange(with);
        return this;
    }

    public SqlClause And(SqlClause other) => And(other.Sql, [.. other.values]);

    public void Bind(Statement statement)
    {
        foreach (var value in values)
        {
            _ = value is long number ? statement.Int(number) : statement.Text((string)value);
        }
    }
}
