using ExecutionGrains.Storage.Schema;
using ExecutionGrains.Storage.Statements;

namespace ExecutionGrains.Storage.Sqlite.Statements;

/// <summary>The statements and migrations of this store, read once.</summary>
internal static class SqlText
{
    public static readonly SqlStatements Statements = new(typeof(SqlText).Assembly);

    /// <summary>All migrations, ascending.</summary>
    public static IReadOnlyList<Migration> Migrations() => Migration.All(typeof(SqlText).Assembly);
}
