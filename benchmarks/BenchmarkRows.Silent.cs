using System.Diagnostics;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Hosting.Http;
using ExecutionGrains.Rules;
using ExecutionGrains.Testing;

namespace ExecutionGrains.Bench;

/// <summary>Row 8: 100,000 workers stop sending heartbeats at the same time; 1,000 continue.</summary>
internal sealed partial class BenchmarkRows
{
    private const int SilentExecutions = 100_000;
    private const int LiveExecutions = 1_000;

    /// <summary>The lease of <see cref="InProcessSilo.BeginAsync"/>.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Moves tracker time until every silent execution's lease and grace have expired, including the half lease that is added with a shared store. From then on
    /// tracker time runs as the machine's. Then the sweeps of all buckets begin at once; in production the reminders start them at most one period later.
    /// </summary>
    private async Task SilentAsync()
    {
        var clock = new ManualTimeProvider(DateTimeOffset.UtcNow);
        await using var tracker = await OpenAsync("silent", clock);
        await BeginAllAsync(tracker, "silent", SilentExecutions);
        await BeginAllAsync(tracker, "live", LiveExecutions);
        Table.LogProgress($"{SilentExecutions:N0} executions fall silent");
        var live = Enumerable.Range(1, LiveExecutions).Select(i => tracker.Execution($"live-{i:000000}")).ToArray();
        var from = clock.GetUtcNow();
        for (var gone = TimeSpan.Zero; gone < (1.5 * Lease) + new RuleSettings().DeadlineGrace + Grains.SiloLiveness.Period; gone += Grains.SiloLiveness.Period)
        {
            await AdvanceAsync(tracker, clock, Grains.SiloLiveness.Period, gone, live);
        }

        var since = Stopwatch.StartNew();
        var sweeps = Enumerable.Range(0, IJanitorGrain.BucketCount).Select(b => SweepAsync(tracker, b)).ToArray();
        var lost = await UntilAllAreLostAsync(tracker, clock, from, since, live);
        var seconds = since.Elapsed.TotalSeconds;
        await Task.WhenAll(sweeps);
        lost = await LostAsync(tracker, from, clock.GetUtcNow());
        var wrongly = await CountLostAsync(tracker, live.Length);
        Add(
            "8", $"{SilentExecutions:N0} executions fall silent at once, {LiveExecutions:N0} others do not: time until exactly the silent ones are lost",
            $"{seconds:N1} s, {lost:N0} lost, {wrongly:N0} of them live",
            "–", lost == SilentExecutions && wrongly == 0 ? seconds : double.PositiveInfinity, $"{seconds:N1} s", Budget.AtMost(60, "s"));
    }

    /// <summary>Starts a sweep. It may take longer than the timeout of the call, and then continues in the silo.</summary>
    private static async Task SweepAsync(InProcessSilo tracker, int bucket)
    {
        try
        {
            await tracker.Grains.GetGrain<IJanitorGrain>(IJanitorGrain.Key(bucket)).Sweep();
        }
        catch (TimeoutException)
        {
            Table.LogProgress($"the sweep of bucket {bucket} takes longer than the call timeout");
        }
    }

    /// <summary>Advances time: the silo writes a heartbeat, and every third of a lease each live worker sends one.</summary>
    private static async Task AdvanceAsync(InProcessSilo tracker, ManualTimeProvider clock, TimeSpan by, TimeSpan gone, IExecutionGrain[] live)
    {
        clock.Advance(by);
        await tracker.Liveness.BeatAsync(CancellationToken.None);
        if ((long)(gone / (Lease / 3)) != (long)((gone + by) / (Lease / 3)))
        {
            await Task.WhenAll(live.Select(l => InProcessSilo.ReportAsync(l, Beat)));
        }
    }

    private static async Task<long> UntilAllAreLostAsync(
        InProcessSilo tracker, ManualTimeProvider clock, DateTimeOffset from, Stopwatch since, IExecutionGrain[] live)
    {
        var atMost = TimeSpan.FromMinutes(3);
        var gone = TimeSpan.Zero;
        long lost;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while ((lost = await LostAsync(tracker, from, clock.GetUtcNow())) < SilentExecutions && since.Elapsed < atMost)
        {
            await timer.WaitForNextTickAsync();
            if (since.Elapsed - gone >= TimeSpan.FromSeconds(1))
            {
                var by = since.Elapsed - gone;
                await AdvanceAsync(tracker, clock, by, gone, live);
                gone += by;
            }
        }

        return lost;
    }

    private static async Task<long> LostAsync(InProcessSilo tracker, DateTimeOffset from, DateTimeOffset now) =>
        (await tracker.Reads.FiguresAsync(from.AddHours(-1), now.AddHours(1), null, null, CancellationToken.None))
            .ByStatus.GetValueOrDefault(ExecutionStatus.Lost);

    private static async Task<int> CountLostAsync(InProcessSilo tracker, int live)
    {
        var lost = 0;
        for (var i = 1; i <= live; i++)
        {
            lost += await tracker.Store.LoadAsync(new($"live-{i:000000}"), CancellationToken.None) is { Status: ExecutionStatus.Running } ? 0 : 1;
        }

        return lost;
    }
}
