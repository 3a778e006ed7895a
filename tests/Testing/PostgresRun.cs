namespace ExecutionGrains.Testing;

/// <summary>Ends the shared PostgreSQL with the run: an assembly's fixture.</summary>
public sealed class PostgresRun : IAsyncDisposable
{
    public ValueTask DisposeAsync() => PostgresServer.DisposeSharedAsync();
}
