using ExecutionGrains.Rules;
using static ExecutionGrains.Scenarios.World;

namespace ExecutionGrains.Scenarios;

/// <summary>S31 to S34.</summary>
public abstract class TimeAndMarkers(StoreKind store) : Scenario(store)
{
    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task S31_Producer_time_an_hour_off_is_kept_beside_tracker_time_and_no_duration_is_negative(int hours)
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        var began = w.Now;
        await w.Report("x", StepStart("s1", at: began.AddHours(hours)));
        await w.Seconds(10);
        await w.Report("x", StepEnd("s1", at: began));

        var step = await w.Step("x", "s1");
        Assert.Equal((began.AddHours(hours), began, w.Now), (step.StartedAt, step.TrackerStartedAt, step.TrackerEndedAt));
        Assert.True(step.EndedAt >= step.StartedAt);
        Assert.Equal(w.Now.AddSeconds(60), (await w.On("x").Liveness())!.LeaseExpiresAt);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task S31_A_step_that_ends_with_its_execution_keeps_both_times_of_that_end(int hours)
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.Report("x", StepStart("s1", at: w.Now.AddHours(hours)));
        var ended = w.Now.AddHours(hours).AddSeconds(5);
        await w.Seconds(10);
        await w.Report("x", End() with { At = ended });

        var (state, step) = (await w.State("x"), await w.Step("x", "s1"));
        Assert.Equal(((DateTimeOffset?)ended, (DateTimeOffset?)w.Now), (step.EndedAt, step.TrackerEndedAt));
        Assert.Equal((hours > 0 ? ended : w.Now, (DateTimeOffset?)w.Now), (state.EndedAt!.Value, state.TrackerEndedAt));
        await w.HistoryGivesTheState("x");
    }

    [Fact]
    public async Task S31_Producer_time_finer_than_the_stores_is_the_same_in_the_row_and_in_the_history()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        var at = w.Now.AddTicks(17);
        await w.ReportAll(
            "x", 1, StepStart("s1", at: at), new ExecutionEvent.ExecutionPaused { At = at }, new ExecutionEvent.ExecutionResumed { At = at.AddTicks(2) });
        await w.ReportAll("x", 1, StepEnd("s1", at: at.AddTicks(4)), End() with { At = at.AddTicks(7) });

        await w.HistoryGivesTheState("x");
        Assert.Equal((w.Now.AddTicks(10), w.Now.AddTicks(20)), ((await w.Step("x", "s1")).StartedAt, (await w.State("x")).EndedAt));
    }

    [Fact]
    public async Task S32_An_older_marker_is_ignored_and_the_same_millisecond_replaces()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.Report("x", StepStart("a", "a", w.Now.AddSeconds(-1)));
        await w.Report("x", StepStart("b", "b", w.Now.AddSeconds(-2)));
        Assert.Equal("a", (await w.State("x")).LastStarted!.Block);

        await w.Report("x", StepStart("c", "c", w.Now.AddSeconds(-1)));
        Assert.Equal("c", (await w.State("x")).LastStarted!.Block);
    }

    [Fact]
    public async Task S32_Eight_concurrent_blocks_never_move_a_marker_back()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        var begin = w.Now.AddHours(-1);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(block => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++)
            {
                var before = (await w.State("x")).LastStarted?.At;
                await w.Report("x", StepStart($"{block}-{i}", $"{block}", begin.AddSeconds((i * 7 % 25) + block)));
                Assert.True(before is null || (await w.State("x")).LastStarted!.At >= before);
            }
        })));

        Assert.Equal(begin.AddSeconds(31), (await w.State("x")).LastStarted!.At);
    }

    [Fact]
    public async Task S33_Pending_progress_is_stored_before_the_end()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        var gate = new TaskCompletionSource();
        w.Faults.Gate = gate.Task;
        while (w.Faults.Arrived.Wait(0))
        {
        }

        var pending = w.Report("x", StepStart("s1") with { EventId = "1" });
        await w.Faults.Arrived.WaitAsync(TestContext.Current.CancellationToken);
        var more = w.Report("x", StepEnd("s1") with { EventId = "2" });
        var end = w.Report("x", End() with { EventId = "3" });

        gate.SetResult();

        Assert.All(await Task.WhenAll(pending, more, end), a => Assert.Equal(Result.Applied, a.Result));
        Assert.Equal(["1", "2", "3"], (await w.History("x")).Where(h => h.EventId is not null).Select(h => h.EventId));
        Assert.Equal(StepStatus.Succeeded, (await w.Step("x", "s1")).Status);
    }

    [Fact]
    public async Task S33_Progress_that_could_not_be_stored_is_not_overtaken_by_the_end_of_the_same_turn()
    {
        await using var w = await OpenAsync();
        List<string[]> missed = [];
        w.Faults.Miss = append =>
        {
            string[] ids = [.. append.Effects.OfType<Effect.History>().Select(h => h.EventId).OfType<string>()];
            var misses = ids.Contains("2") && missed.Count == 0;
            missed.AddRange(misses ? [ids] : []);
            return misses;
        };
        // The runtime's scheduler decides whether two calls are one turn.
        for (var n = 0; missed is not [["2", "3"]]; n++)
        {
            Assert.True(n < 50, "the two calls were never one turn");
            missed.Clear();
            var (id, gate) = ($"x{n}", new TaskCompletionSource());
            await w.Create(id, W1);
            w.Faults.Gate = gate.Task;
            while (w.Faults.Arrived.Wait(0))
            {
            }

            var held = w.Report(id, StepStart("s1") with { EventId = "1" });
            await w.Faults.Arrived.WaitAsync(TestContext.Current.CancellationToken);
            Task<ReportAnswer>[] sent = [w.ReportAll(id, 1, StepEnd("s1") with { EventId = "2" }), w.ReportAll(id, 1, End() with { EventId = "3" })];
            gate.SetResult();
            await held;
            await Task.WhenAll(sent);
            if (missed is not [["2", "3"]])
            {
                continue;
            }

            Assert.All(sent, s => Assert.Equal(Code.StoreUnavailable, s.Result.Refused));
            Assert.Equal(Result.Applied, (await w.Report(id, StepEnd("s1") with { EventId = "2" })).Result);
            Assert.Equal(Result.Applied, (await w.Report(id, End() with { EventId = "3" })).Result);
            Assert.Equal((ExecutionStatus.Succeeded, 0L), ((await w.State(id)).Status, (await w.State(id)).LateCount));
        }
    }

    [Fact]
    public async Task S34_The_lost_record_of_a_dead_worker_explains_itself()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.ReportAll("x", 1, StepStart("s1", "extract"), StepEnd("s1"), StepStart("s2", "load"), Line("oh", Severity.Error));
        var heard = w.Now;

        await w.Seconds(72);
        await w.Sweep();

        var state = await w.State("x");
        Assert.Equal((ExecutionStatus.Lost, FinalizationPath.Lost, Cause.LostAfterStart), (state.Status, state.Path, state.Cause));
        Assert.Equal(("load", "extract", 1L), (state.LastStarted!.Block, state.LastCompleted!.Block, state.ErrorLogCount));
        Assert.Equal((W1, heard), (state.Worker, state.LastContactAt));
    }
}
