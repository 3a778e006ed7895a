using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Storage.Lists;

/// <summary>The parts of the list's SQL that differ between the two databases.</summary>
/// <param name="Begins">Condition: the id or the workflow starts with this prefix.</param>
/// <param name="HasLabel">Condition: the execution has a label with this key.</param>
/// <param name="Epochs">SQL of the rows of <see cref="EpochRows.Text"/> as a table <c>was (status, cause, at)</c>.</param>
/// <param name="Duration">SQL of the execution's duration in microseconds. The parameter is the prefix of the column names.</param>
internal sealed record ListDialect(Func<string, SqlClause> Begins, Func<string, SqlClause> HasLabel, string Epochs, Func<string, string> Duration)
{
    /// <summary>SQL of the order's value in a query on the table executions alone.</summary>
    public string Value(ListOrder order) => Value(order, string.Empty);

    /// <summary>SQL of the order's value in a residual condition, where the row is called executions_row.</summary>
    public string ValueOfRow(ListOrder order) => Value(order, "executions_row.");

    private string Value(ListOrder order, string table) => order == ListOrder.Duration ? Duration(table) : table + order.Name;
}
