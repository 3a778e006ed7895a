namespace ExecutionGrains.Bench;

/// <summary>Rows 11 and 12: the grains without a store behind them.</summary>
internal sealed partial class Rows
{
    private const double OrleansCallsPerSecond = 1_000_000;
    private const int IdleRounds = 5;
    private const string NoStore = "–";

    /// <summary>
    /// Where 100,000 begin and end at once, one more thread of the pool has 0.1 to 1 MB of queue after each round, for good: it was 1 to 3 bytes per
    /// execution, and the heap, walked object by object, had nothing else more. A thousand at a time leave what they leave, and no such queue.
    /// </summary>
    private const int IdleAtOnce = 1_000;

    /// <summary>Bytes per execution that are the noise of a process: its pool's threads come and go, and each keeps a queue.</summary>
    private const double NoneBytes = 4;

    private async Task Memory()
    {
        const int executions = 100_000;
        const double mostBytes = 4_096;
        await using var tracker = await OpenForgetfulAsync("memory");
        await tracker.BeginAsync("warm");
        var before = Used();
        await BeginAll(tracker, "first", executions);
        Table.Say($"{executions:N0} are live");
        var live = (Used() - before) / (double)executions;
        var activations = await tracker.Runtime.ActivationsAsync();
        await tracker.Runtime.DeactivateAllAsync();
        Table.Say($"and idle; {1 + IdleRounds} times as many more …");
        var left = new List<double>();
        for (var round = 0; round <= IdleRounds; round++)
        {
            for (var portion = 0; portion < executions / IdleAtOnce; portion++)
            {
                await BeginAll(tracker, $"round-{round}-{portion}", IdleAtOnce);
                await tracker.Runtime.DeactivateAllAsync();
            }

            left.Add(Used());
            Table.Say($"round {round}: {left[^1] / 1024:N0} KiB in all");
        }

        var idle = Slope(left) / executions;
        _table.Add(
            "11a", "memory of a live execution with an open step", NoStore, $"{live:N0} bytes", $"{activations - 1:N0} in memory", live, $"{live:N0} bytes", Budget.AtMost(mostBytes, "bytes"));
        _table.Add(
            "11b", $"memory that an idle execution leaves behind: the slope over {IdleRounds} × {executions:N0} after the first {2 * executions:N0}", NoStore, $"{idle:0.00} bytes",
            $"tables grown for those: {(left[0] - before) / 1024:N0} KiB", idle, $"{idle:0.00} bytes", Budget.AtMost(NoneBytes, "bytes (none: the smallest object has 24)"));
    }

    /// <summary>By least squares: what one more round adds.</summary>
    private static double Slope(List<double> values)
    {
        var (middle, mean) = ((values.Count - 1) / 2.0, values.Average());
        return values.Select((v, i) => (i - middle) * (v - mean)).Sum() / values.Select((_, i) => (i - middle) * (i - middle)).Sum();
    }

    private static Task BeginAll(Tracker tracker, string prefix, int executions)
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

    private async Task GrainsAlone()
    {
        const int callers = 8;
        await using var tracker = await OpenForgetfulAsync("alone");
        var report = await ReportAllAsync(tracker, batch: 1);
        await report(WarmUp);
        var alone = await report(TimeSpan.FromSeconds(2));
        _table.Add("12a", "row 1 over a store that keeps nothing: grains and commit queue alone", NoStore, Table.Rate(alone.PerSecond), "–", alone.PerSecond, "–", null);

        var grains = Enumerable.Range(0, callers).Select(i => tracker.Grains.GetGrain<INoopGrain>($"{i}")).ToArray();
        Task<Slice> Measure(TimeSpan time) => Drive(time, callers, async (c, _) =>
        {
            await grains[c].Nothing().ConfigureAwait(false);
            return 1;
        });
        await Measure(TimeSpan.FromSeconds(1));
        var calls = (await Measure(TimeSpan.FromSeconds(3))).PerSecond;
        _table.Add(
            "12b", $"calls of a grain that does nothing, {callers} callers, one grain each", NoStore, Table.Rate(calls),
            $"{Table.Rate(OrleansCallsPerSecond)}, Orleans inside a silo, another run", calls / OrleansCallsPerSecond, $"{calls / OrleansCallsPerSecond:0.00}", null);
    }

    private async Task<Tracker> OpenForgetfulAsync(string name) =>
        await OpenAsync(name, TimeProvider.System, new ForgetfulStore());

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
