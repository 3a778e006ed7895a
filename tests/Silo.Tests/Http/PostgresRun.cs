using ExecutionGrains.Testing;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>Ends the shared PostgreSQL with the run.</summary>
public sealed class PostgresRun : IAsyncDisposable
{
    public ValueTask DisposeAsync() => PostgresServer.DisposeSharedAsync();
}
