using ExecutionGrains.Testing;
using Xunit;

[assembly: AssemblyFixture(typeof(ExecutionGrains.OrleansTables.Tests.PostgresRun))]

namespace ExecutionGrains.OrleansTables.Tests;

/// <summary>Ends the shared PostgreSQL with the run.</summary>
public sealed class PostgresRun : IAsyncDisposable
{
    public ValueTask DisposeAsync() => PostgresServer.DisposeSharedAsync();
}
