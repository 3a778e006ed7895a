using ExecutionGrains.Storage.Postgres;
using ExecutionGrains.Testing;
using Npgsql;

namespace ExecutionGrains.Storage.Tests;

public sealed class PostgresDeletionTests : DeletionContract
{
    private static readonly CancellationToken None = CancellationToken.None;
    private PostgresServer _server = null!;
    private string _database = null!;
    private PostgresStore _store = null!;

    protected override IExecutionStore Store => _store;

    protected override IExecutionReads Reads => _store;

    protected override IOperationsStore Operations => _store;

    public override async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.SharedAsync();
        _database = await _server.DatabaseAsync("migrated", MigrateAsync);
        await OpenAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _server.DropAsync(_database);
    }

    protected override async Task<long> CountAsync(string table)
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync(None);
        await using var command = new NpgsqlCommand($"select count(*) from {table}", connection);
        return (long)(await command.ExecuteScalarAsync(None))!;
    }

    protected override async Task ReopenAsync()
    {
        await _store.DisposeAsync();
        await OpenAsync();
    }

    private async Task OpenAsync()
    {
        _store = new(new PostgresStoreOptions { ConnectionString = $"{_database};Pooling=true", DeletionBatch = Batch });
        await _store.MigrateAsync(None);
    }

    private static async Task MigrateAsync(string connectionString)
    {
        await using var template = new PostgresStore(new() { ConnectionString = connectionString });
        await template.MigrateAsync(None);
    }
}
