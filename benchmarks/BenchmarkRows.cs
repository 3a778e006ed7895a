using System.Diagnostics;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Postgres.Statements;

namespace ExecutionGrains.Bench;

/// <summary>Measures the rows of the table on one store. Each row has its own database, and most rows have their own silo.</summary>
internal sealed partial class BenchmarkRows(MeasuredStore store, string directory, Table table)
{
    /// <summary>The highest row number.</summary>
    public const int Last = IdleRow;

    /// <summary>Warm-up time: 12 s. The compiler still took a fifth of the CPU after 2 s, and a tenth after 6 s.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan SliceTime = TimeSpan.FromSeconds(4);

    private readonly MeasuredStore _store = store;
    private readonly Table _table = table;

    /// <summary>Some budgets are relative to pgbench, and so apply to PostgreSQL only.</summary>
    private bool IsPostgres => _store.Name == "PostgreSQL";

    /// <param name="wanted">Row numbers. Empty: all rows.</param>
    /// <param name="storeless">Whether to include rows that use no store.</param>
    /// <returns>Whether every row completed. A row that fails is reported, and the others still run.</returns>
    public async Task<bool> RunAsync(IReadOnlyCollection<int> wanted, bool storeless)
    {
        (int[] Numbers, bool Storeless, Func<Task> Row)[] rows =
        [
            ([1], false, () => ThroughputAsync("1", $"{Concurrent} executions at once, one event per call", batch: 1, Budget.AtLeast(IsPostgres ? 2.5 : 3.5))),
            ([2], false, () => ThroughputAsync("2", "the same, batches of 20 per call", batch: 20, OfPostgres(8))),
            ([3], false, HotExecutionAsync),
            ([4], false, OverHttpAsync),
            ([5], false, AnswersAsync),
            ([6], false, LateEventAsync),
            ([7], false, HeartbeatsAsync),
            ([8], false, SilentAsync),
            ([9, 10], false, ListsAsync),
            ([11], true, MemoryAsync),
            ([12], true, GrainsAloneAsync),
            ([13], false, CostsAsync),
            ([IdleRow], false, IdleSiloAsync),
        ];
        var whole = true;
        foreach (var (numbers, _, row) in rows.Where(r => (storeless || !r.Storeless) && (wanted.Count == 0 || r.Numbers.Any(wanted.Contains))))
        {
            Table.LogProgress($"{_store.Name}, row {string.Join(" and ", numbers)} …");
            try
            {
                await _store.DropEarlierDatabasesAsync();
                await row();
            }
            catch (Exception e)
            {
                whole = false;
                Table.LogProgress($"{_store.Name}, row {string.Join(" and ", numbers)} FAILED: {e}");
            }
        }

        return whole;
    }

    private Budget? OfPostgres(double bound) => IsPostgres ? Budget.AtLeast(bound) : null;

    private async Task<InProcessSilo> OpenAsync(string name, TimeProvider clock, IExecutionStore? instead = null) =>
        await InProcessSilo.OpenAsync(await SiloSettingsAsync(name), clock, instead);

    /// <summary>Settings of a silo with a new, empty store, its own data folder and a free port.</summary>
    private async Task<IReadOnlyDictionary<string, string>> SiloSettingsAsync(string name) =>
        new Dictionary<string, string>(await _store.SiloSettingsAsync(name))
        {
            ["DataPath"] = Path.Combine(directory, $"silo-{_store.Name}-{name}"),
            ["Urls"] = "http://127.0.0.1:0",
            ["Auth__BootstrapKey"] = SiloProcess.Key,
        };

    private void Add(string number, string what, string measured, string against, double value, string shown, Budget? budget) =>
        _table.Add(number, what, _store.Name, measured, against, value, shown, budget);

    /// <summary>Runs the row and the baseline in alternating slices, so that other load on the machine affects both.</summary>
    /// <param name="counted">Counts the row's appends. Null: not reported.</param>
    private async Task CompareAsync(string number, string what, Func<TimeSpan, Task<MeasuredSlice>> measure, Budget? budget, CountingStore? counted = null)
    {
        const int slices = 4;
        await measure(WarmUp);
        var (ours, theirs) = (default(MeasuredSlice), default(MeasuredSlice));
        var (appends, transactions) = (counted?.Appends ?? 0, counted?.Transactions ?? 0);
        var ratios = new List<double>();
        for (var i = 0; i < slices; i++)
        {
            var b = await _store.BaselineAsync();
            var o = await measure(SliceTime);
            (ours, theirs) = (ours + o, theirs + b);
            ratios.Add(o.PerSecond / b.PerSecond);
        }

        var perTransaction = counted is null
            ? string.Empty
            : $" ({(double)(counted.Appends - appends) / (counted.Transactions - transactions):N0} appends per transaction)";
        var ratio = ours.PerSecond / theirs.PerSecond;
        Add(
            number, what, $"{Table.Rate(ours.PerSecond)}{perTransaction}", $"{Table.Rate(theirs.PerSecond)}, {_store.BaselineName}",
            ratio, $"{ratio:0.00} ({ratios.Min():0.00} to {ratios.Max():0.00})", budget);
    }

    /// <param name="one">Makes one call. Gets the caller's number and its count of earlier calls; returns the number of events.</param>
    private static async Task<MeasuredSlice> RunCallersAsync(TimeSpan time, int callers, Func<int, int, Task<int>> one)
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
