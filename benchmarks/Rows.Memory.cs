using ExecutionGrains.Testing;

namespace ExecutionGrains.Bench;

/// <summary>Rows 5 to 7: what costs no write.</summary>
internal sealed partial class Rows
{
    private const double OrleansCallsPerSecond = 1_000_000;
    private const int IdleRounds = 5;

    /// <summary>Bytes per execution that are the noise of a process: its pool's threads come and go, and each keeps a queue.</summary>
    private const double NoneBytes = 2;

    private async Task Heartbeats()
    {
        const int executions = 1_000;
        const int callers = 8;
        const int beatsPerHalfLease = 6;
        const int halfLeases = 10;
        var clock = new ManualTimeProvider(DateTimeOffset.UtcNow);
        await using var tracker = await OpenAsync("beats", clock);
        await Task.WhenAll(Enumerable.Range(0, executions).Select(i => tracker.BeginAsync($"beat-{i}")));
        var grains = Enumerable.Range(0, executions).Select(i => tracker.Execution($"beat-{i}")).ToArray();
        var steps = Enumerable.Range(0, executions).Select(i => new Steps($"{i}")).ToArray();
        ExecutionEvent[] beat = [new ExecutionEvent.Heartbeat()];

        var before = tracker.Store.Appends;
        for (var i = 0; i < halfLeases * beatsPerHalfLease; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(30) / beatsPerHalfLease);
            await Task.WhenAll(grains.Select(g => Tracker.ReportAsync(g, beat)));
        }

        var writes = (tracker.Store.Appends - before) / (double)(executions * halfLeases);
        _table.Add(
            "5a. store writes of a live execution per half lease (1,000 executions, 10 half leases, a heartbeat every 5 s)",
            $"{writes:0.00}", $"{beatsPerHalfLease} heartbeats", "–", "≤ 1", writes <= 1);

        var (beats, events) = (default(Slice), default(Slice));
        for (var i = -1; i < 3; i++)
        {
            before = tracker.Store.Appends;
            var b = await Drive(TimeSpan.FromSeconds(1), callers, async (c, n) =>
            {
                await Tracker.ReportAsync(grains[((n * callers) + c) % executions], beat).ConfigureAwait(false);
                return 1;
            });
            if (tracker.Store.Appends != before)
            {
                throw new InvalidOperationException("A heartbeat was written although the clock stood.");
            }

            var e = await Drive(TimeSpan.FromSeconds(0.7), Concurrent, async (c, _) =>
            {
                await Tracker.ReportAsync(grains[c], steps[c].Next(1)).ConfigureAwait(false);
                return 1;
            });
            (beats, events) = i < 0 ? default : (beats + b, events + e);
        }

        var ratio = beats.PerSecond / events.PerSecond;
        _table.Add(
            "5b. heartbeats over 1,000 executions, 8 callers, between two renewals", Table.Rate(beats.PerSecond),
            $"{Table.Rate(events.PerSecond)}, events of 256 of them", $"{ratio:0.0}", "≥ 20", ratio >= 20);
    }

    private async Task Memory()
    {
        const int executions = 100_000;
        const double mostBytes = 4_096;
        await using var tracker = await OpenAsync("memory", TimeProvider.System, new ForgetfulStore());
        await tracker.BeginAsync("warm");
        var before = Used();
        await BeginAll(tracker, "first", executions);
        Table.Say($"{executions:N0} are live");
        var live = (Used() - before) / (double)executions;
        var activations = tracker.Silo.ActivationCounts.Values.Sum();
        await tracker.Silo.DeactivateAllAsync();
        Table.Say($"and idle; {IdleRounds} times as many more …");
        var left = new List<double> { Used() };
        for (var round = 1; round <= IdleRounds; round++)
        {
            await BeginAll(tracker, $"round-{round}", executions);
            await tracker.Silo.DeactivateAllAsync();
            left.Add(Used());
            Table.Say($"round {round} left {(left[^1] - left[^2]) / executions:0.00} bytes each");
        }

        var idle = Slope(left) / executions;
        _table.Add(
            "6a. memory of a live execution with an open step", $"{live:N0} bytes each", $"{activations - 1:N0} in memory", "–", "≤ 4,096", live <= mostBytes);
        _table.Add(
            $"6b. memory that idle executions leave behind: the slope over {IdleRounds} × 100,000 after the first 100,000", $"{idle:0.00} bytes each",
            $"{tracker.Silo.ActivationCounts.Values.Sum():N0} in memory; tables grown for the first 100,000: {(left[0] - before) / 1024:N0} KiB",
            "–", $"none (< {NoneBytes}: the smallest object has 24)", idle < NoneBytes);
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

    private async Task Calls()
    {
        const int callers = 8;
        await using var tracker = await OpenAsync("calls", TimeProvider.System);
        var grains = Enumerable.Range(0, callers).Select(i => tracker.Grains.GetGrain<INoopGrain>($"{i}")).ToArray();
        Task<Slice> Measure(TimeSpan time) => Drive(time, callers, async (c, _) =>
        {
            await grains[c].Nothing().ConfigureAwait(false);
            return 1;
        });
        await Measure(TimeSpan.FromSeconds(1));
        var calls = await Measure(TimeSpan.FromSeconds(3));
        _table.Add(
            "7. calls of a grain that does nothing, 8 callers, one grain each", Table.Rate(calls.PerSecond),
            $"{Table.Rate(OrleansCallsPerSecond)}, Orleans inside a silo, another run", $"{calls.PerSecond / OrleansCallsPerSecond:0.00}", "–", null);
    }

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
