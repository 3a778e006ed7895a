namespace ExecutionGrains.Bench;

/// <summary>Rows 11 and 12: the grains without a real store.</summary>
internal sealed partial class BenchmarkRows
{
    private const double OrleansCallsPerSecond = 1_000_000;
    private const int IdleRounds = 5;
    private const string NoStore = "–";

    /// <summary>
    /// Number of executions that begin at the same time. If 100,000 began and ended at once, some thread-pool threads would permanently keep a queue of 0.1
    /// to 1 MB. That amounted to 1 to 3 bytes per execution; an object-by-object comparison of the heap showed no other growth. A thousand at a time avoid
    /// these queues.
    /// </summary>
    private const int IdleAtOnce = 1_000;

    /// <summary>
    /// Bytes per execution that count as noise of the process: thread-pool threads come and go, and each keeps a queue.
    /// </summary>
    private const double NoneBytes = 4;

    private async Task MemoryAsync()
    {
        const int executions = 100_000;
        const double mostBytes = 4_096;
        await using var tracker = await OpenForgetfulAsync("memory");
        await tracker.BeginAsync("warm");
        var before = Used();
        await BeginAllAsync(tracker, "first", executions);
        Table.LogProgress($"{executions:N0} executions are live");
        var live = (Used() - before) / (double)executions;
        var activations = await tracker.Runtime.ActivationsAsync();
        await tracker.Runtime.DeactivateAllAsync();
        Table.LogProgress($"{executions:N0} executions are idle; {1 + IdleRounds} rounds of as many more …");
        var left = new List<double>();
        for (var round = 0; round <= IdleRounds; round++)
        {
            for (var portion = 0; portion < executions / IdleAtOnce; portion++)
            {
                await BeginAllAsync(tracker, $"round-{round}-{portion}", IdleAtOnce);
                await tracker.Runtime.DeactivateAllAsync();
            }

            left.Add(Used());
            Table.LogProgress($"round {round}: {left[^1] / 1024:N0} KiB in all");
        }

        var idle = Slope(left) / executions;
        _table.Add(
            "11a", "memory of a live execution with an open step", NoStore, $"{live:N0} bytes", $"{activations - 1:N0} in memory",
            live, $"{live:N0} bytes", Budget.AtMost(mostBytes, "bytes"));
        _table.Add(
            "11b", $"memory left behind by an idle execution: slope over {IdleRounds} × {executions:N0} after the first {2 * executions:N0}", NoStore,
            $"{idle:0.00} bytes", $"growth of tables for the first ones: {(left[0] - before) / 1024:N0} KiB",
            idle, $"{idle:0.00} bytes", Budget.AtMost(NoneBytes, "bytes (none: the smallest object has 24)"));
    }

    /// <summary>Slope of a least-squares line: the growth per round.</summary>
    private static double Slope(List<double> values)
    {
        var (middle, mean) = ((values.Count - 1) / 2.0, values.Average());
        return values.Select((v, i) => (i - middle) * (v - mean)).Sum() / values.Select((_, i) => (i - middle) * (i - middle)).Sum();
    }

    private static Task BeginAllAsync(InProcessSilo tracker, string prefix, int executions)
    {
        var next = 0;
        return Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i <= executions)
            {
                await tracker.BeginAsync($"{prefix}-{i:000000}").ConfigureAwait(false);
            }
        })));
    }

    private async Task GrainsAloneAsync()
    {
        const int callers = 8;
        await using var tracker = await OpenForgetfulAsync("alone");
        var report = await ReportAllAsync(tracker, batch: 1);
        await report(WarmUp);
        var alone = await report(TimeSpan.FromSeconds(2));
        _table.Add(
            "12a", "row 1 with a store that discards everything: grains and commit queue only", NoStore, Table.Rate(alone.PerSecond), "–",
            alone.PerSecond, "–", null);

        var grains = Enumerable.Range(0, callers).Select(i => tracker.Grains.GetGrain<INoopGrain>($"{i}")).ToArray();
        Task<MeasuredSlice> MeasureAsync(TimeSpan time) => RunCallersAsync(time, callers, async (c, _) =>
        {
            await grains[c].Nothing().ConfigureAwait(false);
            return 1;
        });
        await MeasureAsync(TimeSpan.FromSeconds(1));
        var calls = (await MeasureAsync(TimeSpan.FromSeconds(3))).PerSecond;
        _table.Add(
            "12b", $"calls to a grain that does nothing, {callers} callers, one grain each", NoStore, Table.Rate(calls),
            $"{Table.Rate(OrleansCallsPerSecond)}, Orleans inside a silo, from a separate run",
            calls / OrleansCallsPerSecond, $"{calls / OrleansCallsPerSecond:0.00}", null);
    }

    private async Task<InProcessSilo> OpenForgetfulAsync(string name) =>
        await OpenAsync(name, TimeProvider.System, new DiscardingStore());

    private static long Used()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
