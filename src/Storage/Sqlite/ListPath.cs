namespace ExecutionGrains.Storage.Sqlite;

/// <summary>One index by which a list can be walked, a driver per combination of the values asked for.</summary>
internal sealed class ListPath
{
    private readonly ListFilter filter;
    private readonly CreationRange range;
    private readonly string? index;
    private readonly string[] columns;
    private readonly KeyValuePair<string, string>? label;
    private readonly List<SqlClause> drivers;

    public ListPath(ListFilter filter, CreationRange range, string index, string[] columns)
    {
        (this.filter, this.range, this.index, this.columns) = (filter, range, index, columns);
        drivers = [new()];
        foreach (var column in columns)
        {
            drivers = column == "late_count"
                ? drivers.ConvertAll(d => d.And("late_count > 0"))
                : [.. drivers.SelectMany(_ => filter.Equal[column], (d, value) => new SqlClause().And(d).And($"{column} = ?", value))];
        }
    }

    public ListPath(ListFilter filter, CreationRange range, KeyValuePair<string, string> label)
    {
        (this.filter, this.range, this.label, columns) = (filter, range, label, []);
        drivers = [new SqlClause().And("key = ? and value = ?", label.Key, label.Value)];
    }

    /// <summary>A walk along one value, with the given driver.</summary>
    public static ListStream Walk(string index, SqlClause driver, SqlClause residual, CreationRange range, int examine)
    {
        var floored = new SqlClause().And(driver).And(range.Floor);
        return new(Fill("list-walk"), Fill("list-walk-boundary"), floored, residual, range.Start, examine);

        string Fill(string query) => SqlText.Query(query)
            .Replace("{index}", index).Replace("{driver}", floored.Sql).Replace("{residual}", residual.Sql)
            .Replace("{columns}", string.Concat(residual.Columns.Select(c => $", {c}")));
    }

    /// <summary>The index of a path that is no label's.</summary>
    public string? Index => index;

    /// <summary>Whether another path settles all that this one settles, and more.</summary>
    public bool IsPartOf(ListPath other) => label is null && columns.Length < other.columns.Length && columns.All(other.columns.Contains);

    /// <summary>Whether it leads to at most so many.</summary>
    public bool IsWithin(Session session, int count)
    {
        var left = count;
        foreach (var driver in drivers)
        {
            left -= Count(session, index is null ? "execution_labels" : $"executions indexed by {index}", new SqlClause().And(driver).And(range.Both), left + 1);
            if (left < 0)
            {
                return false;
            }
        }

        return true;
    }

    public static int Count(Session session, string source, SqlClause range, int most)
    {
        var count = session.Filled(SqlText.Query("list-range-count").Replace("{source}", source).Replace("{range}", range.Sql));
        range.Bind(count);
        return count.Int(most).One(row => (int)row.Long(0));
    }

    /// <param name="examineMax">How many it may examine.</param>
    /// <param name="labelled">The index that a label's executions are looked up in.</param>
    public IReadOnlyList<ListStream> Streams(int examineMax, string labelled)
    {
        var examine = Math.Max(1, examineMax / drivers.Count);
        var residual = filter.Residual(columns, label);
        return label is null
            ? drivers.ConvertAll(driver => Walk(index!, driver, residual, range, examine))
            : drivers.ConvertAll(driver => Labelled(driver, residual, labelled, examine));
    }

    /// <summary>Streams of all that it leads to, where that is known to be within bounds.</summary>
    public IReadOnlyList<ListStream> All(int examineMax, string labelled)
    {
        var residual = filter.Residual(columns, label);
        return label is null ? drivers.ConvertAll(driver => Unbounded(driver, residual)) : Streams(examineMax, labelled);
    }

    private ListStream Unbounded(SqlClause driver, SqlClause residual)
    {
        var floored = new SqlClause().And(driver).And(range.Floor);
        var page = SqlText.Query("list-all").Replace("{index}", index).Replace("{driver}", floored.Sql).Replace("{residual}", residual.Sql);
        return new(page, null, floored, residual, range.Start, 0);
    }

    private ListStream Labelled(SqlClause driver, SqlClause residual, string labelled, int examine)
    {
        var floored = new SqlClause().And(driver).And(range.Floor);
        return new(Fill("list-label"), Fill("list-label-boundary"), floored, residual, range.Start, examine);

        string Fill(string query) => SqlText.Query(query)
            .Replace("{driver}", floored.Sql).Replace("{residual}", residual.Sql).Replace("{index}", labelled);
    }
}
