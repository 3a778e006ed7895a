namespace ExecutionGrains.Testing;

/// <summary>Assembly fixture that stops the shared PostgreSQL at the end of the run.</summary>
public sealed class PostgresRun : IAsyncDisposable
{
    public ValueTask DisposeAsync() => PostgresServer.DisposeSharedAsync();
}
