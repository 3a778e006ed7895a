using ExecutionGrains.Storage.Sqlite;

namespace ExecutionGrains.Bench.Sqlite;

/// <summary>SQLite databases as files in one folder.</summary>
internal sealed class MeasuredSqlite(string directory) : MeasuredStore
{
    private readonly PerEventInFile _perEvent = new(Path.Combine(directory, "baseline.db"));
    private readonly HashSet<string> _opened = [];

    public override string Name => "SQLite";

    public override string Engine => $"SQLite {SqliteStore.EngineVersion}, WAL, synchronous = full";

    public override string BaselineName => "a transaction per event, one connection";

    public override Task DropEarlierDatabasesAsync()
    {
        // Also delete the write-ahead log and the lock file.
        foreach (var file in _opened.SelectMany(path => Directory.EnumerateFiles(directory, Path.GetFileName(path) + "*")))
        {
            File.Delete(file);
        }

        _opened.Clear();
        return Task.CompletedTask;
    }

    public override Task<OpenStore> OpenAsync(string name, TimeProvider clock) =>
        OpenStore.MigratedAsync(new SqliteStore(new() { Path = PathOf(name) }, clock), writers: 1);

    public override Task<OpenStore> OpenSeededAsync(string name, int executions, DateTimeOffset now) => SeededFile.OpenAsync(PathOf(name), executions, now);

    public override Task<IReadOnlyDictionary<string, string>> SiloSettingsAsync(string name) =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>
        {
            ["Store__Provider"] = "sqlite",
            ["Store__ConnectionString"] = PathOf(name),
        });

    public override Task<MeasuredSlice> BaselineAsync() => Task.FromResult(_perEvent.Measure(TimeSpan.FromSeconds(1)));

    public override Task<ResourceUsage> ResourceUsageAsync() =>
        Task.FromResult(new ResourceUsage(new DirectoryInfo(directory).EnumerateFiles("*.db").Sum(file => file.Length), null, TimeSpan.Zero));

    public override ValueTask DisposeAsync()
    {
        _perEvent.Dispose();
        return ValueTask.CompletedTask;
    }

    private string PathOf(string name)
    {
        var path = Path.Combine(directory, $"{name}.db");
        _opened.Add(path);
        return path;
    }
}
