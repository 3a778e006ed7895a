namespace ExecutionGrains.Storage;

/// <summary>A range of one order that a list's filters ask for.</summary>
/// <param name="From">From then on, or so long; null: from the first.</param>
/// <param name="Before">Before then; null: up to the last.</param>
internal sealed record ListRange(ListOrder Order, long? From, long? Before)
{
    /// <summary>The value as SQL, and its bounds.</summary>
    public SqlClause Clause(string value)
    {
        var clause = new SqlClause().And($"{value} is not null");
        if (From is { } from)
        {
            clause.And($"{value} >= ?", from);
        }

        return Before is { } before ? clause.And($"{value} < ?", before) : clause;
    }
}
