using ExecutionGrains.Testing;
using Xunit;

namespace ExecutionGrains.Faults;

/// <summary>The process faults on PostgreSQL.</summary>
[Collection("Waiting")]
public sealed class PostgresProcessFaults : ProcessFaults
{
    private PostgresServer? _server;
    private string _connection = string.Empty;

    private protected override IReadOnlyDictionary<string, string> Store => PostgresFaults.At(_connection);

    public override async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartAsync(durable: true);
        _connection = await _server.DatabaseAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        await base.DisposeAsync();
    }
}
