using ExecutionGrains.Testing;

[assembly: AssemblyFixture(typeof(ExecutionGrains.Clusters.PostgresRun))]

// Clusters of three silos each: one at a time leaves them the cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace ExecutionGrains.Clusters;

/// <summary>Ends the shared PostgreSQL with the run.</summary>
public sealed class PostgresRun : IAsyncDisposable
{
    public ValueTask DisposeAsync() => PostgresServer.DisposeSharedAsync();
}
