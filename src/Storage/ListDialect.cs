namespace ExecutionGrains.Storage;

/// <summary>How a store asks of a row what the two databases say differently.</summary>
/// <param name="Begins">Whether its id or its workflow begins so.</param>
/// <param name="HasLabel">Whether it has a label of this key.</param>
/// <param name="Epochs">The rows of <see cref="EpochRows.Text"/> as a table <c>was (status, cause, at)</c>.</param>
/// <param name="Duration">How long the execution ran, in microseconds, of columns that begin with its parameter.</param>
internal sealed record ListDialect(Func<string, SqlClause> Begins, Func<string, SqlClause> HasLabel, string Epochs, Func<string, string> Duration)
{
    /// <summary>The order's value as SQL, where executions are the only table.</summary>
    public string Value(ListOrder order) => Value(order, string.Empty);

    /// <summary>The order's value as SQL, of the row that a residual asks.</summary>
    public string ValueOfRow(ListOrder order) => Value(order, "executions_row.");

    private string Value(ListOrder order, string table) => order == ListOrder.Duration ? Duration(table) : table + order.Name;
}
