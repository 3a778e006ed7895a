using ExecutionGrains.Storage.Postgres;
using ExecutionGrains.Testing;
using Xunit;

namespace ExecutionGrains.Storage.Tests;

/// <summary>A database as a silo leaves it, and a provider of Orleans that works with it.</summary>
public abstract class OrleansTables : IAsyncLifetime
{
    private PostgresServer server = null!;

    protected string Database { get; private set; } = null!;

    internal OrleansProvider Provider { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        server = await PostgresServer.SharedAsync();
        Database = await server.DatabaseAsync("migrated", MigrateAsync);
        Provider = new(Database);
    }

    public async ValueTask DisposeAsync() => await server.DropAsync(Database);

    protected Task<string> EmptyDatabaseAsync() => server.DatabaseAsync();

    protected static async Task MigrateAsync(string connectionString)
    {
        await using var store = new PostgresStore(new() { ConnectionString = connectionString });
        await store.MigrateAsync(CancellationToken.None);
    }
}
