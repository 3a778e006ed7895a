using ExecutionGrains.Testing;

namespace ExecutionGrains.Bench;

/// <summary>Row 7: heartbeats, which cause almost no writes.</summary>
internal sealed partial class BenchmarkRows
{
    private const int BeatingExecutions = 1_000;

    private static readonly ExecutionEvent[] Beat = [new ExecutionEvent.Heartbeat()];

    private async Task HeartbeatsAsync()
    {
        await HeartbeatWritesAsync();
        await HeartbeatRateAsync();
    }

    private async Task HeartbeatWritesAsync()
    {
        const int beatsPerHalfLease = 6;
        const int halfLeases = 10;
        var clock = new ManualTimeProvider(DateTimeOffset.UtcNow);
        await using var tracker = await OpenAsync("beats", clock);
        await Task.WhenAll(Enumerable.Range(0, BeatingExecutions).Select(i => tracker.BeginAsync($"beat-{i}")));
        var grains = Enumerable.Range(0, BeatingExecutions).Select(i => tracker.Execution($"beat-{i}")).ToArray();

        var before = tracker.Store.Appends;
        for (var i = 0; i < halfLeases * beatsPerHalfLease; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(30) / beatsPerHalfLease);
            await Task.WhenAll(grains.Select(g => InProcessSilo.ReportAsync(g, Beat)));
        }

        var writes = (tracker.Store.Appends - before) / (double)(BeatingExecutions * halfLeases);
        Add(
            "7a", "store writes of a live execution per half lease, a heartbeat every 5 s",
            $"{writes:0.00}", $"{beatsPerHalfLease} heartbeats", writes, $"{writes:0.00}", Budget.AtMost(1, "write"));
    }

    /// <summary>
    /// Uses the machine's clock, because with a shared store a grain checks the stored revision every 2 s. The measurement is shorter than half a lease, so no
    /// heartbeat may be written.
    /// </summary>
    private async Task HeartbeatRateAsync()
    {
        const int callers = 8;
        await using var tracker = await OpenAsync("beat-rate", TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, BeatingExecutions).Select(i => tracker.BeginAsync($"beat-{i}")));
        var grains = Enumerable.Range(0, BeatingExecutions).Select(i => tracker.Execution($"beat-{i}")).ToArray();
        var steps = Enumerable.Range(0, BeatingExecutions).Select(i => new StepEventGenerator($"{i}")).ToArray();
        var (beats, events) = (default(MeasuredSlice), default(MeasuredSlice));
        for (var i = -1; i < 3; i++)
        {
            var before = tracker.Store.Appends;
            var b = await RunCallersAsync(TimeSpan.FromSeconds(1), callers, async (c, n) =>
            {
                await InProcessSilo.ReportAsync(grains[((n * callers) + c) % BeatingExecutions], Beat).ConfigureAwait(false);
                return 1;
            });
            if (tracker.Store.Appends != before)
            {
                throw new InvalidOperationException("A heartbeat was written to the store within half a lease.");
            }

            var e = await RunCallersAsync(TimeSpan.FromSeconds(1), Concurrent, async (c, _) =>
            {
                await InProcessSilo.ReportAsync(grains[c], steps[c].Next(1)).ConfigureAwait(false);
                return 1;
            });
            (beats, events) = i < 0 ? default : (beats + b, events + e);
        }

        var ratio = beats.PerSecond / events.PerSecond;
        Add(
            "7b", $"heartbeats over {BeatingExecutions:N0} executions, {callers} callers, within half a lease", Table.Rate(beats.PerSecond),
            $"{Table.Rate(events.PerSecond)}, events of {Concurrent} of them", ratio, $"{ratio:0.0}", Budget.AtLeast(20));
    }
}
