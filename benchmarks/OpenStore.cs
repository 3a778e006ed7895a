using ExecutionGrains.Storage;

namespace ExecutionGrains.Bench;

/// <summary>An open store with all its interfaces.</summary>
/// <param name="Writers">Number of commits that it runs concurrently.</param>
internal sealed record OpenStore(
    IExecutionStore Executions, IExecutionReads Reads, IOperationsStore Operations, IAsyncDisposable Store, int Writers) : IAsyncDisposable
{
    public static async Task<OpenStore> MigratedAsync<TStore>(TStore store, int writers)
        where TStore : IExecutionStore, IExecutionReads, IOperationsStore, IAsyncDisposable
    {
        await store.MigrateAsync(CancellationToken.None);
        return new(store, store, store, store, writers);
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
