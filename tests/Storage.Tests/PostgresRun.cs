using ExecutionGrains.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(ExecutionGrains.Storage.Tests.PostgresRun))]

namespace ExecutionGrains.Storage.Tests;

/// <summary>Ends the shared PostgreSQL with the run.</summary>
public sealed class PostgresRun : IAsyncDisposable
{
    public ValueTask DisposeAsync() => PostgresServer.DisposeSharedAsync();
}
