using ExecutionGrains.Storage.Postgres;
using ExecutionGrains.Testing;
using Npgsql;

namespace ExecutionGrains.Bench.Postgres;

/// <summary>
/// Databases of a private server that waits for the disk at every commit (fsync and synchronous_commit on). The baseline has one of them.
/// </summary>
internal sealed class MeasuredPostgres : MeasuredStore
{
    /// <summary>Number of writers: the default of a silo.</summary>
    public const int Writers = 2;

    private readonly PostgresServer _server;
    private readonly PerEventUnderPgbench _perEvent;
    private readonly string _version;

    /// <summary>Connection string of the baseline's database; also used for queries about the server.</summary>
    private readonly string _database;

    /// <summary>Databases of the current row.</summary>
    private readonly List<string> _opened = [];

    private MeasuredPostgres(PostgresServer server, PerEventUnderPgbench perEvent, string version, string database) =>
        (_server, _perEvent, _version, _database) = (server, perEvent, version, database);

    public override string Name => "PostgreSQL";

    public override string Engine => $"PostgreSQL {_version}, fsync and synchronous_commit on, {Writers} writers";

    public override string BaselineName => $"pgbench, {PerEventUnderPgbench.Clients} clients";

    /// <param name="directory">Folder for pgbench's script.</param>
    public static async Task<MeasuredPostgres> StartAsync(string directory)
    {
        var server = await PostgresServer.StartAsync(durable: true);
        try
        {
            Table.LogProgress("preallocating log segments …");
            await server.ExecuteAsync(SeedScripts.Read("Postgres", "wal-stock"));
            var database = await server.DatabaseAsync();
            var perEvent = await PerEventUnderPgbench.MakeAsync(database, directory);
            return new(server, perEvent, await SettingAsync(database, "server_version"), database);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Drops the databases of earlier rows. PostgreSQL also runs a checkpoint when it drops a database.</summary>
    public override async Task DropEarlierDatabasesAsync()
    {
        foreach (var database in _opened)
        {
            await _server.DropAsync(database);
        }

        _opened.Clear();
    }

    public override async Task<OpenStore> OpenAsync(string name, TimeProvider clock) => await OpenStore.MigratedAsync(
        new PostgresStore(new() { ConnectionString = await PooledAsync(), WriterCount = Writers }, clock), Writers);

    public override async Task<OpenStore> OpenSeededAsync(string name, int executions, DateTimeOffset now) =>
        await SeededDatabase.OpenAsync(await NewAsync(), executions, now);

    public override async Task<IReadOnlyDictionary<string, string>> SiloSettingsAsync(string name) => new Dictionary<string, string>
    {
        ["Store__Provider"] = "postgres",
        ["Store__ConnectionString"] = await PooledAsync(),
    };

    /// <summary>Runs pgbench for 10 s. Its connections take 0.2 s to start; slices of 1 s showed 15 % less throughput.</summary>
    public override Task<MeasuredSlice> BaselineAsync() => _perEvent.MeasureAsync(TimeSpan.FromSeconds(10));

    public override async Task<ResourceUsage> ResourceUsageAsync()
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "select (select sum(pg_database_size(oid))::bigint from pg_database), (pg_current_wal_insert_lsn() - '0/0')::bigint", connection);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return new(row.GetInt64(0), row.GetInt64(1), await _server.CpuAsync());
    }

    public override ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<string> PooledAsync() => $"{await NewAsync()};Pooling=true";

    private async Task<string> NewAsync()
    {
        var database = await _server.DatabaseAsync();
        _opened.Add(database);
        return database;
    }

    private static async Task<string> SettingAsync(string database, string name)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"show {name}", connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
