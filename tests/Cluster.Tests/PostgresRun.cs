using ExecutionGrains.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(ExecutionGrains.Cluster.Tests.PostgresRun))]

namespace ExecutionGrains.Cluster.Tests;

/// <summary>Ends the shared PostgreSQL with the run.</summary>
public sealed class PostgresRun : IAsyncDisposable
{
    public ValueTask DisposeAsync() => PostgresServer.DisposeSharedAsync();
}
