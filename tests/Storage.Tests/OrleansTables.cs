using ExecutionGrains.Storage.Postgres;
using ExecutionGrains.Testing;
using Xunit;

namespace ExecutionGrains.Storage.Tests;

/// <summary>A migrated database, and an imitation of an Orleans provider that uses it.</summary>
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
