using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Postgres;
using ExecutionGrains.Storage.Sqlite;
using ExecutionGrains.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace ExecutionGrains.Scenarios;

/// <summary>The part of a world that outlives its silos: a database file, or a database of the shared server, which does not flush to disk.</summary>
internal abstract class WorldStore : IAsyncDisposable
{
    private WorldStore()
    {
    }

    public static async Task<WorldStore> MakeAsync(StoreKind kind) => kind == StoreKind.Sqlite ? new InFile() : await InDatabase.MakeAsync();

    /// <summary>Restores a backup on another machine.</summary>
    public static async Task<WorldStore> RestoreAsync(StoreKind kind, string backup, TimeProvider time) =>
        kind == StoreKind.Sqlite ? InFile.Restore(backup, time) : await InDatabase.RestoreAsync(backup, time);

    /// <summary>Makes a backup as an operator does, while others may write.</summary>
    public abstract Task BackUpAsync(string path);

    /// <summary>Opens the store for a new silo.</summary>
    public abstract void AddTo(IServiceCollection services, TimeProvider time);

    /// <summary>The folder of its files, after everything was written to them.</summary>
    public abstract Task<string> FolderAsync();

    public abstract ValueTask DisposeAsync();

    private static void Add<TStore>(IServiceCollection services, TStore store, int writers, TimeProvider time)
        where TStore : class, IExecutionStore, IExecutionReads, IOperationsStore
    {
        services.AddSingleton<IExecutionReads>(store);
        services.AddSingleton<IOperationsStore>(provider => new FaultyOperations(store) { Mishaps = provider.GetRequiredService<Mishaps>() });
        // A single silo, which may judge by its memory, so that every store gives the same answers at the same times. The rules' own tests and the simulation
        // cover silos that share a store (half a lease more before lost, reads of revisions).
        services.AddSingleton(provider => new FaultyStore(store) { IsShared = false, Mishaps = provider.GetRequiredService<Mishaps>() });
        services.AddSingleton<IExecutionStore>(provider => provider.GetRequiredService<FaultyStore>());
        services.AddSingleton<ICommitQueue>(provider => new CommitQueues(provider.GetRequiredService<IExecutionStore>(), writers, time: time));
    }

    private sealed class InFile : WorldStore
    {
        private readonly string _folder = Path.Combine(Path.GetTempPath(), "executiongrains-scenarios", Guid.NewGuid().ToString("N"));

        private string File => Path.Combine(_folder, "executiongrains.db");

        public static InFile Restore(string backup, TimeProvider time)
        {
            var store = new InFile();
            SqliteBackup.Restore(backup, store.File, time.GetUtcNow());
            return store;
        }

        public override Task BackUpAsync(string path)
        {
            SqliteBackup.Take(File, path);
            return Task.CompletedTask;
        }

        public override void AddTo(IServiceCollection services, TimeProvider time) =>
            Add(services, new SqliteStore(new SqliteStoreOptions { Path = File }, time), 1, time);

        public override Task<string> FolderAsync() => Task.FromResult(_folder);

        public override ValueTask DisposeAsync()
        {
            Directory.Delete(_folder, recursive: true);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class InDatabase(PostgresServer server, string database) : WorldStore
    {
        public static async Task<InDatabase> MakeAsync()
        {
            var server = await PostgresServer.SharedAsync();
            return new(server, await server.DatabaseAsync("migrated", PrepareAsync));
        }

        /// <summary>Restores into an empty database and marks it as the command <c>fence</c> does.</summary>
        public static async Task<InDatabase> RestoreAsync(string backup, TimeProvider time)
        {
            var server = await PostgresServer.SharedAsync();
            var database = await server.DatabaseAsync();
            await server.RestoreAsync(database, backup);
            await using var store = new PostgresStore(new() { ConnectionString = database }, time);
            await store.MigrateAsync(CancellationToken.None);
            await store.MarkRestoredAsync(CancellationToken.None);
            return new(server, database);
        }

        public override Task BackUpAsync(string path) => server.DumpAsync(database, path);

        public override void AddTo(IServiceCollection services, TimeProvider time) =>
            Add(services, new PostgresStore(new() { ConnectionString = $"{database};Pooling=true" }, time), 2, time);

        public override Task<string> FolderAsync() => server.FolderOfAsync(database);

        public override async ValueTask DisposeAsync() => await server.DropAsync(database);

        /// <summary>Migrated, with the partitions of the day on which every world begins.</summary>
        private static async Task PrepareAsync(string template)
        {
            await using var store = new PostgresStore(new() { ConnectionString = template }, new ManualTimeProvider());
            await store.MigrateAsync(CancellationToken.None);
        }
    }
}
