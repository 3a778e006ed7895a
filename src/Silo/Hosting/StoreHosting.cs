using ExecutionGrains.Embedded;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Sqlite;
using ExecutionGrains.Views;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Where the store is joined: its three ports and the commit queue before it.</summary>
public static class StoreHosting
{
    private const string FileName = "executiongrains.db";
    private static readonly string[] FileKeys = ["Data Source=", "DataSource=", "Filename="];

    /// <exception cref="StartException">This build has no such store.</exception>
    public static void Add(IServiceCollection services, SiloOptions options)
    {
        if (options.StoreProvider != "sqlite")
        {
            throw new StartException($"ExecutionGrains__Store__Provider is {options.StoreProvider}, which this build does not carry; it has sqlite");
        }

        services.AddSingleton(provider => new SqliteStore(
            new SqliteStoreOptions { Path = PathOf(options) },
            provider.GetRequiredKeyedService<TimeProvider>(TrackerTime.Key)));
        services.AddSingleton<IExecutionStore>(provider => provider.GetRequiredService<SqliteStore>());
        services.AddSingleton<IExecutionReads>(provider => provider.GetRequiredService<SqliteStore>());
        services.AddSingleton<IOperationsStore>(provider => provider.GetRequiredService<SqliteStore>());
        services.AddSingleton<IGrainStateStore, SqliteGrainStates>().AddSingleton<IReminderTable, SqliteReminders>();
        services.AddSingleton(new CommitQueueOptions());
        services.AddSingleton(provider => new CommitQueue(
            provider.GetRequiredService<IExecutionStore>(),
            provider.GetRequiredService<CommitQueueOptions>(),
            provider.GetRequiredKeyedService<TimeProvider>(TrackerTime.Key)));
        services.AddSingleton<ICommitQueue>(provider => provider.GetRequiredService<CommitQueue>());
    }

    /// <summary>What <c>/v1/cluster</c> shows of the queue.</summary>
    public static CommitQueueView Queue(CommitQueue queue) =>
        new(queue.Depth, queue.LastBatchSize, queue.LastCommitDuration.TotalMilliseconds);

    /// <summary>The SQLite file: the connection string's, or the string itself where it is a plain path.</summary>
    internal static string PathOf(SiloOptions options)
    {
        if (options.StoreConnectionString is not { } said)
        {
            return Path.Combine(options.DataPath, FileName);
        }

        foreach (var part in said.Split(';', StringSplitOptions.TrimEntries))
        {
            foreach (var key in FileKeys)
            {
                if (part.StartsWith(key, StringComparison.OrdinalIgnoreCase))
                {
                    return part[key.Length..].Trim();
                }
            }
        }

        return said;
    }
}
