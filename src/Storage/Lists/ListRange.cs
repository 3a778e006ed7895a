namespace ExecutionGrains.Storage.Lists;

/// <summary>A range of an order's values that the filters request.</summary>
/// <param name="From">Inclusive lower bound, in microseconds. Null: none.</param>
/// <param name="Before">Exclusive upper bound, in microseconds. Null: none.</param>
internal sealed record ListRange(ListOrder Order, long? From, long? Before)
{
    /// <summary>The condition that a value lies in the range.</summary>
    /// <param name="value">SQL of the value.</param>
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
