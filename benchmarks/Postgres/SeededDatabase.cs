using ExecutionGrains.Storage.Postgres;
using Npgsql;

namespace ExecutionGrains.Bench.Postgres;

/// <summary>
/// A database with many executions of the last 24 hours. They are inserted by SQL instead of the commit path; indexes are created after the tables are filled.
/// </summary>
internal static class SeededDatabase
{
    /// <param name="database">Connection string of an empty database.</param>
    /// <param name="now">End of the 24 hours.</param>
    public static async Task<OpenStore> OpenAsync(string database, int executions, DateTimeOffset now)
    {
        await using (var empty = new PostgresStore(new() { ConnectionString = database }))
        {
            await empty.MigrateAsync(CancellationToken.None);
            await empty.CommitAsync(
                [new() { State = TypicalExecution.At(now), BaseRevision = 0, DueAt = null, Effects = [], CommitId = 1 }], CancellationToken.None);
        }

        await FillAsync(database, executions, now);
        return await OpenStore.MigratedAsync(new PostgresStore(new() { ConnectionString = $"{database};Pooling=true" }), MeasuredPostgres.Writers);
    }

    private static async Task FillAsync(string database, int executions, DateTimeOffset now)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await RunAsync(connection, "set synchronous_commit = off; set maintenance_work_mem = '512MB'; set work_mem = '256MB'");
        await RunAsync(connection, "create temp table typical as select * from executions");
        var indexes = await IndexesAsync(connection);
        await RunAsync(connection, "truncate executions, execution_labels; " + string.Join(' ', indexes.Select(index => $"drop index {index.Name};")));
        foreach (var (part, sql) in SeedScripts.Of("Postgres", executions, now))
        {
            Table.LogProgress($"{part} of {executions:N0} …");
            await RunAsync(connection, sql);
        }

        foreach (var (index, i) in indexes.Select((index, i) => (index.Definition, i)))
        {
            Table.LogProgress($"index {i + 1} of {indexes.Count} …");
            await RunAsync(connection, index);
        }

        Table.LogProgress("vacuum analyze …");
        await RunAsync(connection, "vacuum analyze");
        await RunAsync(connection, "checkpoint");
    }

    private static async Task<List<(string Definition, string Name)>> IndexesAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(SeedScripts.Read("Postgres", "indexes-list"), connection);
        await using var reader = await command.ExecuteReaderAsync();
        var indexes = new List<(string, string)>();
        while (await reader.ReadAsync())
        {
            indexes.Add((reader.GetString(0), reader.GetString(1)));
        }

        return indexes;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
