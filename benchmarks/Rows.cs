using System.Diagnostics;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Bench;

/// <summary>The rows of the table. Each has a file and a runtime of its own.</summary>
internal sealed partial class Rows(string directory, Baseline baseline, Table table)
{
    private readonly Baseline _baseline = baseline;
    private readonly Table _table = table;

    /// <param name="wanted">Numbers of rows; empty: all.</param>
    public async Task RunAsync(IReadOnlyCollection<string> wanted)
    {
        (string Number, Func<Task> Row)[] rows =
        [
            ("1", () => Throughput("1. 256 executions at once, one event per call", "single", batch: 1, budget: 3)),
            ("1a", GrainsAlone),
            ("2", () => Throughput("2. the same, batches of 20 per call", "batch", batch: 20, goal: "– (PostgreSQL ≥ 6)")),
            ("3", HotExecution),
            ("4", LateEvent),
            ("5", Heartbeats),
            ("6", Memory),
            ("7", Calls),
            ("8", Lists),
        ];
        foreach (var (number, row) in rows.Where(r => wanted.Count == 0 || wanted.Contains(r.Number)))
        {
            Table.Say($"row {number} …");
            await row();
        }
    }

    private Task<Tracker> OpenAsync(string name, TimeProvider clock, IExecutionStore? store = null) =>
        Tracker.OpenAsync(Path.Combine(directory, $"{name}.db"), clock, store);

    /// <param name="one">One call of a caller, given its number and how many it has made: how many it counts for.</param>
    private static async Task<Slice> Drive(TimeSpan time, int callers, Func<int, int, Task<int>> one)
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            long count = 0;
            for (var call = 0; clock.Elapsed < time; call++)
            {
                count += await one(caller, call).ConfigureAwait(false);
            }

            return count;
        })));
        return new(counts.Sum(), clock.Elapsed);
    }

    private static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    private static double Quantile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)(share * (sorted.Length - 1))];
    }
}
