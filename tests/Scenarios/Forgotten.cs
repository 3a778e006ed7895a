using ExecutionGrains.Client;
using static ExecutionGrains.Scenarios.World;

namespace ExecutionGrains.Scenarios;

/// <summary>
/// S04 with the SDK as the producer: 10,000 executions, measured by the memory of the second half, where a leaked reporter would use some kilobytes.
/// <see cref="OrderAndRepetition"/> tests the silo alone with 100,000.
/// </summary>
public abstract class Forgotten(StoreKind store) : Scenario(store)
{
    private const int Count = 5_000;

    /// <summary>
    /// Tolerance: an execution leaves nothing behind. Tables and pools have reached their size in the first half and are not measured. Pools of threads that
    /// come and go have used up to 130 bytes per execution. One entry of Orleans's directory cache uses 260 bytes.
    /// </summary>
    private const long IdleBytesMax = 256;

    [Fact]
    public async Task S04_Executions_of_which_half_never_end_leave_nothing_in_the_producer_and_nothing_in_an_idle_silo()
    {
        await using var w = await OpenAsync();
        await using var tracker = new ExecutionTracker(new GrainTransport(id => w.On(id.Value)), new() { TimeProvider = w.Clock });
        var timers = w.Clock.TimerCount;

        await Produce(w, tracker, "warm", Count);
        var before = await Weight(w, timers);
        await Produce(w, tracker, "x", Count);
        var after = await Weight(w, timers);

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{(after - before) / (double)Count:F1} bytes of managed memory for each of {Count:N0} more executions");
        Assert.InRange((after - before) / Count, long.MinValue, IdleBytesMax);
        Assert.Equal(0, await w.Activations());
        Assert.Equal(0, tracker.Counters.Abandoned);
        await w.Sweep();
        var figures = await w.Figures();
        Assert.Equal((Count, Count), (figures.ByStatus[ExecutionStatus.Succeeded], figures.ByStatus[ExecutionStatus.Lost]));
    }

    private static Task Produce(World w, ExecutionTracker tracker, string prefix, int count) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 1_024 }, async (i, cancel) =>
        {
            var execution = await tracker.StartAsync("import", new() { ExecutionId = $"{prefix}{i}" }, cancel);
            await execution.BeginStepAsync("extract", cancellationToken: cancel);
            if (i % 2 == 0)
            {
                Assert.Equal(Result.Applied, (await execution.CompleteAsync(cancellationToken: cancel)).Result);
                await execution.DisposeAsync();
            }
        });

    /// <summary>Managed memory after the producer's timers are gone and the silo is idle.</summary>
    private static async Task<long> Weight(World w, int timers)
    {
        for (var beats = 0; beats < 8 && w.Clock.TimerCount > timers; beats++)
        {
            GC.Collect();
            await w.Seconds(20);
            await Until(() => w.Clock.TimerCount <= timers, TimeSpan.FromSeconds(1));
        }

        Assert.Equal(timers, w.Clock.TimerCount);
        await w.Advance(TimeSpan.FromMinutes(4));
        await w.Idle();
        w.Log.Lines.Clear();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
