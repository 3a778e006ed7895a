using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Postgres;
using ExecutionGrains.Storage.Sqlite;
using Orleans.Storage;

namespace ExecutionGrains.Hosting.Store;

/// <summary>Registers the store, SQLite or PostgreSQL, under its interfaces, and the commit queue in front of it.</summary>
public static class StoreSetup
{
    /// <summary>Default name of the SQLite database in the data folder.</summary>
    public const string FileName = "executiongrains.db";
    private static readonly string[] FileKeys = ["Data Source=", "DataSource=", "Filename="];

    public static void Add(ISiloBuilder silo, ExecutionGrainsOptions options)
    {
        var services = silo.Services;
        Add(services, options);
        services.AddSingleton<StoreSizeSampler>().AddHostedService(provider => provider.GetRequiredService<StoreSizeSampler>());
        services.AddHostedService<StorePruning>();
        if (options.StoreProvider == "postgres")
        {
            silo.AddAdoNetGrainStorage(
                JanitorGrain.StorageName,
                ado => (ado.Invariant, ado.ConnectionString, ado.GrainStorageSerializer) =
                    ("Npgsql", options.StoreConnectionString!, new JsonGrainStorageSerializer()));
        }
        else
        {
            services.AddKeyedSingleton<IGrainStorage>(
                JanitorGrain.StorageName, (provider, _) => new SqliteGrainStorage(provider.GetRequiredService<SqliteStore>()));
        }
    }

    public static void Add(IServiceCollection services, ExecutionGrainsOptions options)
    {
        if (options.StoreProvider == "postgres")
        {
            var store = new PostgresStoreOptions { ConnectionString = options.StoreConnectionString!, WriterCount = options.StoreWriters };
            Add(services, options.StoreWriters, time => new PostgresStore(store, time));
            services.AddSingleton<ChangeFeed>().AddSingleton(provider => new PostgresChanges(
                store,
                provider.GetRequiredService<ChangeFeed>(),
                provider.GetRequiredService<SiloLiveness>().SiloId,
                provider.GetRequiredKeyedService<TimeProvider>(TrackerClock.Key)));
        }
        else
        {
            // SQLite allows one writer per file.
            Add(services, 1, time => new SqliteStore(new SqliteStoreOptions { Path = PathOf(options) }, time));
        }
    }

    private static void Add<TStore>(IServiceCollection services, int writers, Func<TimeProvider, TStore> open)
        where TStore : class, IExecutionStore, IExecutionReads, IOperationsStore, IAccessStore, IAuditStore
    {
        services.AddSingleton(provider => open(provider.GetRequiredKeyedService<TimeProvider>(TrackerClock.Key)));
        services.AddSingleton<IExecutionStore>(provider => provider.GetRequiredService<TStore>());
        services.AddSingleton<IExecutionReads>(provider => provider.GetRequiredService<TStore>());
        services.AddSingleton<IOperationsStore>(provider => provider.GetRequiredService<TStore>());
        services.AddSingleton<IAccessStore>(provider => provider.GetRequiredService<TStore>());
        services.AddSingleton<IAuditStore>(provider => provider.GetRequiredService<TStore>());
        services.AddSingleton(new CommitQueueOptions());
        services.AddSingleton(provider => new CommitQueues(
            provider.GetRequiredService<IExecutionStore>(),
            writers,
            provider.GetRequiredService<CommitQueueOptions>(),
            provider.GetRequiredKeyedService<TimeProvider>(TrackerClock.Key),
            provider.GetService<ChangeFeed>()));
        services.AddSingleton<ICommitQueue>(provider => provider.GetRequiredService<CommitQueues>());
    }

    /// <summary>
    /// On PostgreSQL, starts to announce this silo's commits to the other silos and to pass their announcements to the grains and the key refresh. Does
    /// nothing on SQLite. Call it before the first grain is activated.
    /// </summary>
    public static void StartAnnouncing(IServiceProvider services)
    {
        if (services.GetService<PostgresChanges>() is { } changes)
        {
            var feed = services.GetRequiredService<ChangeFeed>();
            feed.Heard += services.GetRequiredService<GrainServices>().RemoteChanges.Hear;
            if (services.GetService<KeyRefresh>() is { } keys)
            {
                feed.Heard += keys.Hear;
            }

            changes.Start();
        }
    }

    /// <summary>
    /// The path of the SQLite file: the file in the connection string, the whole string if it is a plain path, or else the default in the data folder.
    /// </summary>
    public static string PathOf(ExecutionGrainsOptions options)
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
