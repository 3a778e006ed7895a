using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Stats;

namespace ExecutionGrains.Storage.Sqlite.Statements;

/// <summary>Binds shared SQL conditions to a SQLite statement, and adds its rows to shared tallies.</summary>
internal static class StatementRows
{
    public static void Bind(this SqlClause clause, Statement statement)
    {
        foreach (var value in clause.Values)
        {
            _ = value is long number ? statement.Int(number) : statement.Text((string)value);
        }
    }

    public static void AddStats(this FiguresTally tally, Statement rows) => _ = rows.All(row =>
    {
        tally.AddStat(row.Long(0), row.Text(1), row.Text(2), row.Long(3));
        return true;
    });

    public static void AddDurations(this FiguresTally tally, Statement rows) => _ = rows.All(row =>
    {
        tally.AddDuration((int)row.Long(0), row.Long(1));
        return true;
    });

    public static void AddLive(this FiguresTally tally, Statement rows) => _ = rows.All(row =>
    {
        tally.AddLive(row.Word<ExecutionStatus>(0), row.Long(1));
        return true;
    });
}
