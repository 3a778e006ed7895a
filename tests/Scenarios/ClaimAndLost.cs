using ExecutionGrains.Grains;
using static ExecutionGrains.Scenarios.World;

namespace ExecutionGrains.Scenarios;

/// <summary>S22 to S30. S28 belongs to the HTTP layer.</summary>
public abstract class ClaimAndLost(StoreKind store) : Scenario(store)
{
    [Fact]
    public async Task S22_A_claim_without_a_report_is_pending_again_and_not_lost()
    {
        await using var w = await OpenAsync();
        await w.Create("x");
        await w.On("x").Claim(W1, Caller.Local);

        await w.Seconds(42);
        await w.Sweep();

        var state = await w.State("x");
        Assert.Equal((ExecutionStatus.Pending, 2), (state.Status, state.Epoch));
        Assert.Equal(Cause.ClaimExpired, Assert.Single(state.Epochs).Cause);
    }

    [Fact]
    public async Task S23_The_first_worker_is_fenced_when_another_has_claimed()
    {
        await using var w = await OpenAsync();
        await w.Create("x");
        await w.On("x").Claim(W1, Caller.Local);
        await w.Seconds(42);
        await w.Sweep();
        Assert.Equal(2, (await w.On("x").Claim(W2, Caller.Local)).Epoch);
        var before = await w.State("x");

        var answer = await w.ReportAll("x", 1, StepStart("s1"));

        Assert.Equal((Result.Rejected, Code.StaleEpoch), (answer.Results[0].Result, answer.Results[0].Code));
        Assert.True(answer.Control.Stop);
        var after = await w.State("x");
        Assert.Equal((before.Version, before.Status, before.Worker), (after.Version, after.Status, after.Worker));
        Assert.Empty(await w.Steps("x"));
    }

    [Theory]
    [InlineData("pending", null)]
    [InlineData("claimed", Cause.LostAfterClaim)]
    [InlineData("running", Cause.LostAfterStart)]
    [InlineData("paused", null)]
    public async Task S24_After_their_deadline_only_claimed_and_running_executions_are_lost(string status, Cause? cause)
    {
        await using var w = await OpenAsync();
        await w.Create("x", status is "running" or "paused" ? W1 : null);
        if (status == "claimed")
        {
            await w.On("x").Claim(W1, Caller.Local);
            await w.Beat("x");
        }

        if (status == "paused")
        {
            await w.Report("x", new ExecutionEvent.ExecutionPaused());
        }

        await w.Seconds(120);
        await w.Sweep();

        Assert.Equal((cause is null ? status : "lost", cause), ((await w.State("x")).Status.Word(), (await w.State("x")).Cause));
    }

    [Fact]
    public async Task S25_A_thousand_races_of_completion_and_janitor_end_in_one_final_status_each()
    {
        await using var w = await OpenAsync();
        var ids = Enumerable.Range(0, 1_000).Select(i => $"x{i}").ToArray();
        await Task.WhenAll(ids.Select(id => w.Create(id, W1)));
        await Task.WhenAll(ids.Select(id => w.Report(id, StepStart("s1"))));
        await w.Seconds(72);

        var races = await Task.WhenAll(ids.Select(async (id, i) =>
        {
            Task<bool> judge;
            Task<EventAnswer> end;
            if (i % 2 == 0)
            {
                judge = w.On(id).Judge();
                end = w.Report(id, End());
            }
            else
            {
                end = w.Report(id, End());
                judge = w.On(id).Judge();
            }

            return (Id: id, Lost: await judge, (await end).Result);
        }));

        Assert.Contains(races, r => r.Lost);
        Assert.Contains(races, r => !r.Lost);
        foreach (var (id, lost, result) in races)
        {
            var state = await w.State(id);
            Assert.Equal(lost ? Result.Late : Result.Applied, result);
            Assert.Equal((lost ? ExecutionStatus.Lost : ExecutionStatus.Succeeded, lost ? 1L : 0L), (state.Status, state.LateCount));
            Assert.Equal(lost ? StepStatus.Lost : StepStatus.Incomplete, (await w.Step(id, "s1")).Status);
        }

        var figures = await w.Figures();
        Assert.Equal(1_000, figures.ByStatus.GetValueOrDefault(ExecutionStatus.Lost) + figures.ByStatus.GetValueOrDefault(ExecutionStatus.Succeeded));
    }

    [Fact]
    public async Task S26_A_success_40_minutes_after_lost_is_evidence_and_one_call_resolves_it()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.Seconds(72);
        await w.Sweep();
        await w.Advance(TimeSpan.FromMinutes(40));

        var late = await w.Report("x", End());
        var resolved = await w.On("x").Resolve(Resolution.Recovered, "it did succeed", Caller.Local);

        Assert.Equal((Result.Late, Code.AlreadyFinished, Result.Applied), (late.Result, late.Code, resolved.Result));
        var state = await w.State("x");
        Assert.Equal((ExecutionStatus.Lost, 1L, Resolution.Recovered), (state.Status, state.LateCount, state.Resolution!.Resolution));
        Assert.Equal("execution.completed", Assert.Single(await w.Evidence("x")).Type);
        var figures = await w.Figures();
        Assert.Equal((1, 1, 1), (figures.ByStatus[ExecutionStatus.Lost], figures.ByResolution[Resolution.Recovered], figures.LateAfterLost));
    }

    [Fact]
    public async Task S27_Open_steps_of_a_lost_execution_are_lost_and_finished_ones_untouched()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.ReportAll("x", 1, StepStart("done"), StepEnd("done"), StepStart("open"));
        var done = await w.Step("x", "done");

        await w.Seconds(72);
        await w.Sweep();
        await w.Sweep();

        Assert.Equal((done.Status, done.EndedAt), ((await w.Step("x", "done")).Status, (await w.Step("x", "done")).EndedAt));
        Assert.Equal(StepStatus.Lost, (await w.Step("x", "open")).Status);
        Assert.Equal(1, (await w.Figures()).ByStatus[ExecutionStatus.Lost]);
        Assert.Single(await w.History("x"), h => h.Type == "tracker.lost");
        Assert.Equal(1, w.Counted("executiongrains.executions.ended", ("status", "lost"), ("cause", "lost_after_start")));
        Assert.Equal(1, w.Counted("executiongrains.executions.ended"));
    }

    [Theory]
    [InlineData(600)]
    [InlineData(50)]
    public async Task S29_No_execution_is_lost_that_reports_within_one_lease_of_the_trackers_return(int downSeconds)
    {
        await using var w = await OpenAsync();
        await w.Create("alive", W1);
        await w.Create("dead", W2);
        await w.Seconds(20);

        await w.Restart(TimeSpan.FromSeconds(downSeconds));
        await w.Sweep();
        await w.Seconds(58);
        await w.Sweep();
        Assert.Equal(Result.Applied, (await w.Beat("alive")).Result);
        await w.Seconds(50);
        await w.Sweep();

        Assert.Equal((ExecutionStatus.Running, ExecutionStatus.Lost), ((await w.State("alive")).Status, (await w.State("dead")).Status));
    }

    [Fact]
    public async Task S29_A_clock_step_of_an_hour_loses_no_execution_that_reports_within_one_lease()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.Seconds(20);

        w.Clock.JumpWallClock(TimeSpan.FromHours(1));
        Assert.False(await w.On("x").Judge());
        await w.Sweep();
        await w.Seconds(58);
        await w.Sweep();

        Assert.Equal(Result.Applied, (await w.Beat("x")).Result);
        Assert.Equal(ExecutionStatus.Running, (await w.State("x")).Status);
    }

    [Fact]
    public async Task S30_A_silo_that_dies_with_1_000_live_executions_loses_none_and_no_acknowledged_event()
    {
        await using var w = await OpenAsync();
        var ids = Enumerable.Range(0, 1_000).Select(i => $"x{i}").ToArray();
        await Task.WhenAll(ids.Select(id => w.Create(id, W1)));
        await Task.WhenAll(ids.Select(async id => Assert.Equal(Result.Applied, (await w.Report(id, StepStart("s1") with { EventId = "start" })).Result)));

        await w.Restart(TimeSpan.FromMinutes(10));
        await w.Seconds(58);
        await w.Sweep();
        foreach (var id in ids)
        {
            Assert.Equal(ExecutionStatus.Running, (await w.State(id)).Status);
            Assert.Single(await w.History(id), h => h.EventId == "start");
        }

        await Task.WhenAll(ids.Take(500).Select(id => w.Beat(id)));
        await w.Seconds(14);
        await w.Sweep();
        Assert.Equal(500, (await w.Figures()).ByStatus[ExecutionStatus.Lost]);
        Assert.Equal(ExecutionStatus.Running, (await w.State("x0")).Status);
    }

    [Fact]
    public async Task S30_A_claim_with_a_report_keeps_it_after_the_silo_died()
    {
        await using var w = await OpenAsync();
        await w.Create("x", facts: new() { Workflow = "import", HeartbeatTimeoutSeconds = 900 });
        await w.On("x").Claim(W1, Caller.Local);
        await w.Seconds(10);
        await w.Beat("x");
        await w.Seconds(90);

        await w.Restart(TimeSpan.FromSeconds(10));
        await w.Sweep();

        Assert.Equal((ExecutionStatus.Claimed, 1), ((await w.State("x")).Status, (await w.State("x")).Epoch));
        Assert.Equal(Result.Applied, (await w.Report("x", StepStart("s1"))).Result);
    }

    [Fact]
    public async Task A_worker_whose_epoch_has_ended_is_told_to_stop_even_if_it_sends_only_duplicates()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.Report("x", StepStart("s1") with { EventId = "known" });
        await w.Seconds(72);
        await w.Sweep();
        await w.On("x").Requeue("again", Caller.Local);

        var again = await w.ReportAll("x", 1, StepStart("s1") with { EventId = "known" });

        Assert.Equal((Result.Duplicate, true), (Assert.Single(again.Results).Result, again.Control.Stop));
    }

    [Fact]
    public async Task An_invalid_execution_id_fails_its_callers_at_once()
    {
        await using var w = await OpenAsync();

        for (var call = 0; call < 2; call++)
        {
            // Orleans wraps exceptions of a grain's constructor.
            var failure = await Assert.ThrowsAnyAsync<Exception>(() => w.On("a b").Claim(W1, Caller.Local));
            Assert.IsType<ArgumentException>(failure.GetBaseException());
        }
    }
}
