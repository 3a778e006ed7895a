using System.Diagnostics;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using ExecutionGrains.Rules;
using ExecutionGrains.Testing;

namespace ExecutionGrains.Clusters;

/// <summary>The rules' guarantees on clusters of two and three silos, where grains are on another silo, move, or are activated twice.</summary>
public sealed class ClusterTests
{
    private static readonly TimeSpan ServedAgainMax = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task S03_A_start_through_one_silo_and_the_end_through_another_are_one_step(bool kills)
    {
        await using var cluster = await TrackerCluster.OpenAsync(2);
        var (first, second) = (cluster.Silos[0], cluster.Silos[1]);
        await TrackerCluster.On(first, "x").Create(new() { Facts = new() { Workflow = "import" }, Start = TrackerCluster.W1 }, Caller.Local);
        await TrackerCluster.On(first, "x").Report(cluster.Report(new ExecutionEvent.StepStarted { StepId = "s1", Block = "extract" }), Caller.Local);
        if (kills)
        {
            var holder = await cluster.HolderAsync("x");
            second = holder == first ? second : first;
            await cluster.KillAsync(holder);
        }

        var load = new Load(cluster, []);
        await load.ReportAsync("x", new ExecutionEvent.StepCompleted { EventId = "end", StepId = "s1", Outcome = StepOutcome.Success });
        var answer = await TrackerCluster.On(second, "x").Report(
            cluster.Report(new ExecutionEvent.ExecutionCompleted { Outcome = Outcome.Success }), Caller.Local);

        Assert.Equal(Result.Applied, Assert.Single(answer.Results).Result);
        var state = await cluster.StateAsync("x");
        Assert.Equal((ExecutionStatus.Succeeded, 1, 0, "extract"), (state.Status, state.StepCount, state.OpenStepCount, state.LastCompleted!.Block));
    }

    [Fact]
    public async Task S14_Events_of_50_callers_at_once_through_three_silos_are_each_applied_once()
    {
        await using var cluster = await TrackerCluster.OpenAsync(3);
        await cluster.CreateAsync("x");

        await Task.WhenAll(Enumerable.Range(0, 50).Select(caller => Task.Run(async () =>
        {
            var grain = TrackerCluster.On(cluster.Silos[caller % 3], "x");
            for (var i = 0; i < 10; i++)
            {
                var step = $"{caller}-{i}";
                ExecutionEvent[] both =
                [
                    new ExecutionEvent.StepStarted { StepId = step, Block = step },
                    new ExecutionEvent.StepCompleted { StepId = step, Outcome = StepOutcome.Success },
                ];
                var answer = await grain.Report(cluster.Report(both), Caller.Local);
                Assert.All(answer.Results, r => Assert.Equal(Result.Applied, r.Result));
            }
        })));

        var state = await cluster.StateAsync("x");
        Assert.Equal((500, 0), (state.StepCount, state.OpenStepCount));
        Assert.Equal(1_000, (await cluster.HistoryAsync("x")).Count(h => h.EventId is not null));
    }

    [Fact]
    public async Task S25_A_thousand_races_of_completion_and_janitor_on_two_silos_end_in_one_final_status_each()
    {
        const int Count = 1_000;
        var clock = new ManualTimeProvider();
        await using var cluster = await TrackerCluster.OpenAsync(2, clock: clock);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Count), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) => await cluster.CreateAsync($"x{i}"));
        // A lease of 60 s, the half lease that is added if several silos share a store, and the grace.
        await cluster.PassAsync(clock, TimeSpan.FromSeconds(104));

        var sweep = cluster.SweepAsync();
        var ends = await Task.WhenAll(Enumerable.Range(0, Count).Select(async i =>
        {
            var answer = await TrackerCluster.On(cluster.Silos[i % 2], $"x{i}").Report(
                cluster.Report(new ExecutionEvent.ExecutionCompleted { Outcome = Outcome.Success }), Caller.Local);
            return Assert.Single(answer.Results).Result;
        }));
        await sweep;

        await Parallel.ForEachAsync(Enumerable.Range(0, Count), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            var state = await cluster.StateAsync($"x{i}");
            Assert.Equal(state.Status, ends[i] == Result.Applied ? ExecutionStatus.Succeeded : ExecutionStatus.Lost);
            Assert.Equal(ends[i] == Result.Applied ? 0 : 1, state.LateCount);
        });

        TestContext.Current.TestOutputHelper?.WriteLine($"{ends.Count(r => r == Result.Applied)} succeeded, {ends.Count(r => r == Result.Late)} lost first");
        Assert.All(ends, r => Assert.Contains(r, (Result[])[Result.Applied, Result.Late]));
    }

    [Fact]
    public async Task S30_A_silo_that_dies_under_load_loses_no_execution_and_no_acknowledged_event_and_is_replaced_in_15_s()
    {
        await using var cluster = await TrackerCluster.OpenAsync(3);
        var ids = Enumerable.Range(0, 300).Select(i => $"x{i}").ToList();
        await Parallel.ForEachAsync(ids, async (id, _) => await cluster.CreateAsync(id));
        var load = new Load(cluster, ids);
        load.Start();
        await UntilAsync(() => load.Acknowledged.Count == ids.Count);
        var holders = await Task.WhenAll(ids.Select(async id => (Id: id, Holder: await cluster.HolderAsync(id))));
        var victim = cluster.Silos[2];
        var orphans = holders.Where(h => h.Holder == victim).Select(h => h.Id).ToList();

        var since = Stopwatch.StartNew();
        await cluster.KillAsync(victim);
        await Task.WhenAll(orphans.Select(id => load.ReportAsync(id, new ExecutionEvent.Log { EventId = "after", Message = "served again" })));
        var servedAgain = since.Elapsed;
        await load.EndAsync();

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{orphans.Count} executions of the dead silo served again after {servedAgain.TotalSeconds:F1} s; {load.Faults} calls made again");
        Assert.NotEmpty(orphans);
        Assert.InRange(servedAgain, TimeSpan.Zero, ServedAgainMax);
        await EverythingAcknowledgedIsThereAsync(cluster, load);
        Assert.All(await Task.WhenAll(ids.Select(cluster.StateAsync)), state => Assert.Equal(ExecutionStatus.Running, state.Status));
    }

    [Fact]
    public async Task S30_Workers_that_report_to_a_dead_silo_are_not_lost_and_silent_ones_are_lost_in_time()
    {
        const int LeaseSeconds = 10;
        var (unheard, lease) = (TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(LeaseSeconds));
        var clock = new ManualTimeProvider();
        await using var cluster = await TrackerCluster.OpenAsync(3, clock: clock);
        var ids = Enumerable.Range(0, 120).Select(i => $"x{i}").ToList();
        await Parallel.ForEachAsync(ids, async (id, _) => await cluster.CreateAsync(id, LeaseSeconds));
        var holders = await Task.WhenAll(ids.Select(async id => (Id: id, Holder: await cluster.HolderAsync(id))));
        var victim = cluster.Silos[2];
        var orphans = holders.Where(h => h.Holder == victim).Select(h => h.Id).ToList();
        var (live, silent) = (orphans.Where((_, i) => i % 2 == 0).ToList(), orphans.Where((_, i) => i % 2 == 1).ToList());
        var died = clock.GetUtcNow();

        TrackerSilo.Undeclared[cluster.Id] = true;
        await cluster.KillAsync(victim);
        await Task.WhenAll(orphans.Select(id => UntilAsync(() => IsServedAsync(cluster, id))));
        await cluster.PassAsync(clock, unheard);
        await cluster.SweepAsync();
        TrackerSilo.Undeclared.TryRemove(cluster.Id, out _);
        var servedAgain = clock.GetUtcNow();
        for (var i = 0; i < 3; i++)
        {
            await cluster.SweepAsync();
            await cluster.PassAsync(clock, SiloLiveness.Period);
        }

        Assert.NotEmpty(silent);
        Assert.All(await Task.WhenAll(orphans.Select(cluster.StateAsync)), state => Assert.Equal(ExecutionStatus.Running, state.Status));
        for (var left = lease + new RuleSettings().DeadlineGrace; left > TimeSpan.Zero; left -= SiloLiveness.Period)
        {
            await Task.WhenAll(live.Select(id => cluster.On(id).Report(cluster.Report(new ExecutionEvent.Heartbeat()), Caller.Local)));
            await cluster.PassAsync(clock, SiloLiveness.Period);
        }

        await cluster.SweepAsync();
        Assert.All(await Task.WhenAll(live.Select(cluster.StateAsync)), state => Assert.Equal(ExecutionStatus.Running, state.Status));
        Assert.All(await Task.WhenAll(silent.Select(cluster.StateAsync)), state => Assert.Equal(ExecutionStatus.Lost, state.Status));
        var outage = Assert.Single(await cluster.OutagesAsync());
        Assert.Equal(died, outage.From);
        Assert.InRange(outage.To, servedAgain, servedAgain + SiloLiveness.Period);
    }

    [Fact]
    public async Task An_orderly_stop_of_a_silo_is_no_outage_and_delays_no_judgement()
    {
        var clock = new ManualTimeProvider();
        await using var cluster = await TrackerCluster.OpenAsync(2, clock: clock);
        var ids = Enumerable.Range(0, 64).Select(i => $"x{i}").ToList();
        await Parallel.ForEachAsync(ids, async (id, _) => await cluster.CreateAsync(id));

        await cluster.StopAsync(cluster.Silos[1]);
        await cluster.PassAsync(clock, TimeSpan.FromSeconds(104));
        await UntilAsync(async () =>
        {
            await cluster.SweepAsync();
            return (await Task.WhenAll(ids.Select(cluster.StateAsync))).All(state => state.Status == ExecutionStatus.Lost);
        });

        Assert.Empty(await cluster.OutagesAsync());
    }

    [Fact]
    public async Task S37_Concurrent_ends_through_three_silos_make_one_record()
    {
        await using var cluster = await TrackerCluster.OpenAsync(3);
        await cluster.CreateAsync("x");

        var results = await Task.WhenAll(Enumerable.Range(0, 30).Select(async i =>
        {
            var end = new ExecutionEvent.ExecutionCompleted { EventId = $"end-{i % 10}", Outcome = i % 2 == 0 ? Outcome.Success : Outcome.Fail };
            var answer = await TrackerCluster.On(cluster.Silos[i % 3], "x").Report(cluster.Report(end), Caller.Local);
            return Assert.Single(answer.Results).Result;
        }));

        Assert.Single(results, Result.Applied);
        Assert.All(results, r => Assert.Contains(r, (Result[])[Result.Applied, Result.Duplicate, Result.Late]));
        Assert.Single(await cluster.HistoryAsync("x"), h => h.Type == "execution.completed" && h.Result == Result.Applied);
    }

    [Fact]
    public async Task A_rolling_restart_only_causes_retries()
    {
        await using var cluster = await TrackerCluster.OpenAsync(2);
        var ids = Enumerable.Range(0, 100).Select(i => $"x{i}").ToList();
        await Parallel.ForEachAsync(ids, async (id, _) => await cluster.CreateAsync(id));
        var load = new Load(cluster, ids);
        load.Start();

        foreach (var silo in cluster.Silos)
        {
            await cluster.StartAnotherAsync();
            await UntilAsync(() => cluster.Silos.Count == 3);
            await cluster.StopAsync(silo);
        }

        await load.EndAsync();

        TestContext.Current.TestOutputHelper?.WriteLine($"{load.Acknowledged.Sum(a => a.Value.Count)} events acknowledged, {load.Faults} calls made again");
        await EverythingAcknowledgedIsThereAsync(cluster, load);
        Assert.All(await Task.WhenAll(ids.Select(cluster.StateAsync)), state => Assert.Equal(ExecutionStatus.Running, state.Status));
    }

    [Fact]
    public async Task Two_clusters_on_one_database_conflict_but_apply_every_event_once()
    {
        await using var cluster = await TrackerCluster.OpenAsync(2);
        await using var other = await TrackerCluster.OpenAsync(2, cluster.Database);
        await cluster.CreateAsync("x");

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            // Both clusters get each event, as from two workers that each know one cluster.
            var report = new EventReport(1, [new ExecutionEvent.StepStarted { EventId = $"s{i}", StepId = $"{i}", Block = "extract" }]);
            var answers = await Task.WhenAll(cluster.On("x").Report(report, Caller.Local), other.On("x").Report(report, Caller.Local));
            return answers.Select(a => Assert.Single(a.Results).Result).Order().ToArray();
        }));

        Assert.All(results, both => Assert.Equal([Result.Applied, Result.Duplicate], both));
        Assert.Equal(200, (await cluster.StateAsync("x")).StepCount);
        Assert.Equal(200, (await cluster.HistoryAsync("x")).Count(h => h.Type == "step.started"));
    }

    [Fact]
    public async Task The_janitors_of_a_dead_silo_sweep_on_other_silos_and_their_records_contain_no_type_names()
    {
        var clock = new ManualTimeProvider();
        await using var cluster = await TrackerCluster.OpenAsync(2, clock: clock, janitorPeriod: TimeSpan.FromSeconds(1));
        var ids = Enumerable.Range(0, 64).Select(i => $"x{i}").ToList();
        await Parallel.ForEachAsync(ids, async (id, _) => await cluster.CreateAsync(id));
        await cluster.PassAsync(clock, 2 * SiloLiveness.Period);
        await UntilAsync(async () => (await cluster.JanitorRecordsAsync()).Count == IJanitorGrain.BucketCount);
        var reminders = await cluster.ReminderCountAsync();
        var since = Stopwatch.StartNew();

        await cluster.KillAsync(cluster.Silos[1]);
        // An outage of at most a minute, one lease after it, and the grace.
        await cluster.PassAsync(clock, TimeSpan.FromSeconds(150));
        await UntilAsync(async () => (await Task.WhenAll(ids.Select(cluster.StateAsync))).All(state => state.Status == ExecutionStatus.Lost));

        TestContext.Current.TestOutputHelper?.WriteLine($"All judged {since.Elapsed.TotalSeconds:F1} s after the silo died");
        Assert.Equal((IJanitorGrain.BucketCount, IJanitorGrain.BucketCount), (reminders, await cluster.ReminderCountAsync()));
        Assert.DoesNotContain(await cluster.JanitorRecordsAsync(), record => record.Contains("JanitorRecord", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_silo_that_restarts_repeatedly_does_not_delay_the_sweeps()
    {
        var period = TimeSpan.FromHours(1);
        await using var cluster = await TrackerCluster.OpenAsync(1, janitorPeriod: period);
        await UntilAsync(async () => await cluster.ReminderCountAsync() == IJanitorGrain.BucketCount);
        var versions = (await cluster.RemindersAsync()).Max(reminder => reminder.Version);

        await cluster.StartAnotherAsync();
        await UntilAsync(async () => (await cluster.RemindersAsync()).All(reminder => reminder.Version > versions));

        // They are registered twice and still due at the full hour, however often and by whichever silo they are registered.
        Assert.All(await cluster.RemindersAsync(), reminder =>
        {
            var since = reminder.Start.UtcTicks % period.Ticks;
            Assert.InRange(TimeSpan.FromTicks(Math.Min(since, period.Ticks - since)), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        });
    }

    [Fact]
    public async Task Unreachable_executions_do_not_keep_the_janitor_from_later_ones()
    {
        // More than a page in each bucket.
        const int Count = 5_000;
        var clock = new ManualTimeProvider();
        await using var cluster = await TrackerCluster.OpenAsync(1, clock: clock);
        var ids = Enumerable.Range(0, Count).Select(i => $"x{i:0000}").ToList();
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = 256 }, async (id, _) => await cluster.CreateAsync(id));
        await cluster.PassAsync(clock, TimeSpan.FromSeconds(104));

        // All are due at the same time, so the ones with the lowest ids come first.
        TrackerSilo.Unreachable[cluster.Id] = key => key.StartsWith("x00", StringComparison.Ordinal);
        var first = await cluster.SweepAsync();
        TrackerSilo.Unreachable.TryRemove(cluster.Id, out _);
        var left = ids.Take(100).ToList();
        Assert.All(await Task.WhenAll(left.Select(cluster.StateAsync)), state => Assert.Equal(ExecutionStatus.Running, state.Status));
        var second = await cluster.SweepAsync();

        Assert.Equal((Count, Count - 100), (first.Sum(sweep => sweep.Found), first.Sum(sweep => sweep.Acted)));
        Assert.Equal((100, 100), (second.Sum(sweep => sweep.Found), second.Sum(sweep => sweep.Acted)));
        Assert.All(await Task.WhenAll(left.Select(cluster.StateAsync)), state => Assert.Equal(ExecutionStatus.Lost, state.Status));
    }

    private static async Task EverythingAcknowledgedIsThereAsync(TrackerCluster cluster, Load load)
    {
        Assert.NotEmpty(load.Acknowledged);
        await Parallel.ForEachAsync(load.Acknowledged, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (acknowledged, _) =>
        {
            var (id, events) = acknowledged;
            var stored = (await cluster.HistoryAsync(id)).Where(h => h.Result == Result.Applied).Select(h => h.EventId).OfType<string>().ToList();
            Assert.Equal(stored.Count, stored.Distinct().Count());
            Assert.Subset(stored.ToHashSet(), events.ToHashSet());
        });
    }

    /// <summary>Asks the grain without reporting for its worker.</summary>
    private static Task<bool> IsServedAsync(TrackerCluster cluster, string id) => IsServedAsync(() => cluster.On(id).Liveness());

    internal static async Task<bool> IsServedAsync<TAnswer>(Func<Task<TAnswer>> call)
    {
        try
        {
            return await call() is not null;
        }
        catch (Exception failure) when (GrainFaults.IsAway(failure))
        {
            return false;
        }
    }

    /// <summary>Waits in real time for what other threads are doing.</summary>
    private static Task UntilAsync(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    internal static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var since = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await holds())
        {
            Assert.InRange(since.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
            await timer.WaitForNextTickAsync();
        }
    }
}
