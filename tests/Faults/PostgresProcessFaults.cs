using ExecutionGrains.Testing;
using Xunit;

namespace ExecutionGrains.Faults;

/// <summary>The process faults on PostgreSQL.</summary>
[Collection("Waiting")]
public sealed class PostgresProcessFaults : ProcessFaults
{
    private PostgresServer? server;
    private string connection = string.Empty;

    private protected override IReadOnlyDictionary<string, string> Store => PostgresFaults.At(connection);

    public override async ValueTask InitializeAsync()
    {
        server = await PostgresServer.StartAsync(durable: true);
        connection = await server.DatabaseAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await server!.DisposeAsync();
        await base.DisposeAsync();
    }
}
