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
    using (var baseline = new Baseline(Path.Combine(directory, "baseline.db")))
    {
        Table.Say("baseline …");
        baseline.Measure(TimeSpan.FromSeconds(1));
        await new Rows(directory, baseline, table).RunAsync(args);
    }

    Console.WriteLine($"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} processors, .NET {Environment.Version}, SQLite {SqliteEngine.Version} ({SqliteEngine.Source}), "
        + $"WAL, synchronous = full, load average {load} before and {Table.Load} after\n");
    table.Print();
}
finally
{
    Directory.Delete(directory, recursive: true);
}
