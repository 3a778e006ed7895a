using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Postgres;
using ExecutionGrains.Testing;
using Npgsql;
using Xunit;

namespace ExecutionGrains.Storage.Tests;

public sealed class PostgresAuditChainTests : AuditChainContract
{
    private static readonly CancellationToken None = CancellationToken.None;
    private PostgresServer _server = null!;
    private string _database = null!;
    private PostgresStore _store = null!;

    protected override IOperationsStore Operations => _store;

    protected override IAuditStore Store => _store;

    private PostgresStoreOptions Options => new() { ConnectionString = $"{_database};Pooling=true" };

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

    [Fact]
    public async Task A_database_with_another_schema_or_none_is_not_opened_for_reading()
    {
        var empty = await _server.DatabaseAsync();
        await using (var none = new PostgresStore(new() { ConnectionString = empty }))
        {
            Assert.Contains(" has schema 0", (await Assert.ThrowsAsync<StoreException>(() => none.OpenToReadAsync(None))).Message, StringComparison.Ordinal);
        }

        await _server.DropAsync(empty);
        await ExecuteAsync("delete from schema_version where version > 10");
        await using var old = new PostgresStore(Options);
        Assert.Contains(" has schema 10", (await Assert.ThrowsAsync<StoreException>(() => old.OpenToReadAsync(None))).Message, StringComparison.Ordinal);
    }

    protected override async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync(None);
        // The only way to give the identity column another number.
        await using var command = new NpgsqlCommand(sql.Replace("set number = 100000", "set number = default", StringComparison.Ordinal), connection);
        await command.ExecuteNonQueryAsync(None);
    }

    protected override async Task ReopenAsync()
    {
        await _store.DisposeAsync();
        await OpenAsync();
    }

    protected override string Blob(byte[] bytes) => $@"'\x{Convert.ToHexString(bytes)}'";

    private async Task OpenAsync()
    {
        _store = new(Options);
        await _store.MigrateAsync(None);
    }

    private static async Task MigrateAsync(string connectionString)
    {
        await using var template = new PostgresStore(new() { ConnectionString = connectionString });
        await template.MigrateAsync(None);
    }
}
