using System.Globalization;
using ExecutionGrains.Bench;
using ExecutionGrains.Storage.Sqlite;

// The budgets, as ratios within one run. Arguments: the numbers of the rows; none: all. BENCH_DIRECTORY: where the files go.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var parent = Environment.GetEnvironmentVariable("BENCH_DIRECTORY") ?? Path.GetTempPath();
var directory = Directory.CreateDirectory(Path.Combine(parent, $"executiongrains-bench-{Environment.ProcessId}")).FullName;
try
{
    var table = new Table();
    var load = Table.Load;
    var sync = Baseline.SyncMicroseconds(Path.Combine(directory, "sync"));
    using (var baseline = new Baseline(Path.Combine(directory, "baseline.db")))
    {
        Table.Say("baseline …");
        baseline.Measure(TimeSpan.FromSeconds(1));
        await new Rows(directory, baseline, table).RunAsync(args);
    }

    Console.WriteLine($"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} processors, .NET {Environment.Version}, SQLite {SqliteEngine.Version} ({SqliteEngine.Source}), "
        + $"WAL, synchronous = full, "
        + $"4 KiB to the disk in {sync:N0} µs before and {Baseline.SyncMicroseconds(Path.Combine(directory, "sync")):N0} µs after, load average {load} before and {Table.Load} after\n");
    table.Print();
}
finally
{
    Directory.Delete(directory, recursive: true);
}
