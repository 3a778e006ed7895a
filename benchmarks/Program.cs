using System.Globalization;
using ExecutionGrains.Bench;
using ExecutionGrains.Bench.Postgres;
using ExecutionGrains.Bench.Sqlite;
using ExecutionGrains.Storage.Pages;

// Measures the budgets as ratios within one run; docs/benchmarks.md shows the result. The databases are created in a folder under TMPDIR.
// Set the default culture of all threads, not the current thread's: that one would flow with every await of every call, at a cost of 3 % of row 1.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
Arguments arguments;
try
{
    arguments = Arguments.Read(args);
}
catch (ArgumentException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}

var directory = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"executiongrains-bench-{Environment.ProcessId}")).FullName;
try
{
    var whole = true;
    var (table, run) = (new Table(), new RunInfo(Path.Combine(directory, "sync")));
    foreach (var name in arguments.Stores)
    {
        Table.LogProgress($"{name}, baseline …");
        await using MeasuredStore store = name == "sqlite" ? new MeasuredSqlite(directory) : await MeasuredPostgres.StartAsync(directory);
        run.Engines.Add(store.Engine);
        await store.BaselineAsync();
        whole &= await new BenchmarkRows(store, directory, table).RunAsync(arguments.Rows, storeless: name == arguments.Stores[0]);
    }

    run.End();
    Console.WriteLine($"{run}\n\n{table.Markdown()}");
    if (arguments.Out is { } folder && whole)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "benchmarks.md"), BenchmarkPage.Of(run, table));
        await File.WriteAllTextAsync(Path.Combine(folder, "benchmarks.svg"), BenchmarkChart.Of(run, table.Rows));
        Table.LogProgress($"wrote {folder}/benchmarks.md and benchmarks.svg");
    }

    return whole ? 0 : 1;
}
finally
{
    Directory.Delete(directory, recursive: true);
}
