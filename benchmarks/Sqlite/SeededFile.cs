using ExecutionGrains.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace ExecutionGrains.Bench.Sqlite;

/// <summary>
/// A store with many executions of the last 24 hours. They are inserted by SQL instead of the commit path; indexes are created after the tables are filled.
/// </summary>
internal static class SeededFile
{
    /// <param name="path">Path of the file, which must not exist yet.</param>
    /// <param name="now">End of the 24 hours.</param>
    public static async Task<OpenStore> OpenAsync(string path, int executions, DateTimeOffset now)
    {
        await using (var empty = new SqliteStore(new() { Path = path }))
        {
            await empty.MigrateAsync(CancellationToken.None);
            await empty.CommitAsync(
                [new() { State = TypicalExecution.At(now), BaseRevision = 0, DueAt = null, Effects = [], CommitId = 1 }], CancellationToken.None);
        }

        Fill(path, executions, now);
        return await OpenStore.MigratedAsync(new SqliteStore(new() { Path = path }), writers: 1);
    }

    private static void Fill(string path, int executions, DateTimeOffset now)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        Run(connection, "pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -262144; pragma temp_store = memory");
        Run(connection, "create temp table typical as select * from executions; update typical set state = cast(state as text)");
        var indexes = Texts(connection, "select sql from sqlite_master where type = 'index' and tbl_name = 'executions' and sql is not null");
        var names = Texts(connection, "select name from sqlite_master where type = 'index' and tbl_name = 'executions' and sql is not null");
        Run(connection, "delete from executions; delete from execution_labels; " + string.Join(' ', names.Select(n => $"drop index {n};")));
        var columns = Texts(connection, "select name from pragma_table_info('executions') order by cid");
        var named = SeedScripts.Read("Sqlite", "seed-2-executions").Split('(', ')')[1]
            .Split([',', '{', '\n'], StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal);
        var others = string.Concat(columns.Where(c => !named.Contains(c)).Select(c => $", {c}"));
        foreach (var (part, sql) in SeedScripts.Of("Sqlite", executions, now))
        {
            Table.LogProgress($"{part} of {executions:N0} …");
            Run(connection, sql.Replace("{others}", others, StringComparison.Ordinal));
        }

        foreach (var (index, i) in indexes.Select((sql, i) => (sql, i)))
        {
            Table.LogProgress($"index {i + 1} of {indexes.Count} …");
            Run(connection, index);
        }
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        command.ExecuteNonQuery();
    }

    private static List<string> Texts(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var texts = new List<string>();
        while (rows.Read())
        {
            texts.Add(rows.GetString(0));
        }

        return texts;
    }
}
