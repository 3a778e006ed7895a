using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using ExecutionGrains.Storage.Schema;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Statements;

namespace ExecutionGrains.Storage.Postgres.Statements;

/// <summary>The statements and migrations of this store, read once.</summary>
internal static class SqlText
{
    public static readonly SqlStatements Statements = new(typeof(SqlText).Assembly);

    private static readonly FrozenDictionary<string, NumberedSql> Queries = Statements.All.Where(statement => statement.Holes.Count == 0)
        .ToFrozenDictionary(statement => statement.Name, statement => NumberedSql.Of(statement.Text), StringComparer.Ordinal);

    private static readonly ConcurrentDictionary<(string Name, long Day, UpdateParts Parts), NumberedSql> DayQueries = new();

    /// <summary>A statement without holes.</summary>
    public static NumberedSql Query(string name) => Queries.TryGetValue(name, out var query)
        ? query
        : throw new InvalidOperationException($"There is no statement {name} without holes.");

    /// <summary>
    /// A statement about one day, which names that day's partitions: through the parent table, an update would open every partition there is.
    /// </summary>
    /// <param name="parts">The optional parts that it has.</param>
    public static NumberedSql OfDay(string name, long day, UpdateParts parts = UpdateParts.None)
    {
        if (DayQueries.Count > 5_000)
        {
            DayQueries.Clear();
        }

        return DayQueries.GetOrAdd((name, day, parts), static key => NumberedSql.Of(Statements[key.Name].Fill(hole => hole switch
        {
            "day" => Suffix(key.Day),
            "day_number" => key.Day.ToString(CultureInfo.InvariantCulture),
            "day_after" => (key.Day + 1).ToString(CultureInfo.InvariantCulture),
            "asked" => Part(key.Parts, UpdateParts.Asked),
            "relisted" => Part(key.Parts, UpdateParts.Relisted),
            "relabelled" => Part(key.Parts, UpdateParts.Relabelled),
            _ => throw SqlStatement.Unknown(hole),
        })));
    }

    /// <summary>All migrations, ascending.</summary>
    public static IReadOnlyList<Migration> Migrations() => Migration.All(typeof(SqlText).Assembly);

    /// <summary>How the day's partitions are named: _20260301.</summary>
    private static string Suffix(long day) =>
        UnixMicroseconds.ToTime(day * UnixMicroseconds.PerDay).UtcDateTime.ToString("_yyyyMMdd", CultureInfo.InvariantCulture);

    private static string? Part(UpdateParts parts, UpdateParts part) => parts.HasFlag(part) ? null : string.Empty;
}
