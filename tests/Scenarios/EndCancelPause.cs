using ExecutionGrains.Rules;
using static ExecutionGrains.Scenarios.World;

namespace ExecutionGrains.Scenarios;

/// <summary>S35 to S44. S41 is in Observers.</summary>
public abstract class EndCancelPause(StoreKind store) : Scenario(store)
{
    [Fact]
    public async Task S35_If_the_full_final_write_fails_a_reduced_one_is_stored()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        w.Faults.Refuse = append => append.Effects.OfType<Effect.FinalPayload>().Any(p => p.Output is not null) ? "too big" : null;

        Assert.Equal(Result.Applied, (await w.Report("x", End() with { Output = "1"u8.ToArray() })).Result);

        var state = await w.State("x");
        Assert.Equal((ExecutionStatus.Succeeded, Outcome.Success, FinalizationPath.FallbackCompleted), (state.Status, state.Outcome, state.Path));
        Assert.Contains("too big", state.CompletionFailure, StringComparison.Ordinal);
        Assert.Null((await w.Payload("x"))?.Output);
    }

    [Fact]
    public async Task S36_If_the_reduced_write_fails_too_the_outcome_can_be_reported_again_and_is_stored()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        w.Faults.Refuse = append => append.State.IsFinal ? "no" : null;
        var end = End(Outcome.Fail) with { EventId = "end", Error = "1"u8.ToArray() };
        Assert.Equal(Code.StoreUnavailable, (await w.ReportAll("x", 1, end)).Refused);
        Assert.Equal(ExecutionStatus.Running, (await w.State("x")).Status);

        w.Faults.Refuse = _ => null;

        Assert.Equal(Result.Applied, (await w.Report("x", end)).Result);
        Assert.Equal((ExecutionStatus.Failed, FinalizationPath.ForceFailed), ((await w.State("x")).Status, (await w.State("x")).Path));
    }

    [Fact]
    public async Task S37_Concurrent_ends_make_one_record()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => Task.Run(() => w.Report("x", End((Outcome)(i % 20 % 6)) with { EventId = $"end-{i % 20}" }))));

        Assert.Single(answers, a => a.Result == Result.Applied);
        Assert.All(answers, a => Assert.Contains(a.Result, new[] { Result.Applied, Result.Duplicate, Result.Late }));
        Assert.Equal(1, (await w.Figures()).ByStatus.Where(s => s.Key >= ExecutionStatus.Succeeded).Sum(s => s.Value));
        Assert.Equal(19, (await w.State("x")).LateCount);
    }

    [Theory]
    [InlineData(Outcome.Success, ExecutionStatus.Succeeded)]
    [InlineData(Outcome.Fail, ExecutionStatus.Cancelled)]
    [InlineData(Outcome.Cancel, ExecutionStatus.Cancelled)]
    public async Task S38_After_a_cancel_only_a_success_overrides_it_and_later_reports_change_nothing(Outcome outcome, ExecutionStatus expected)
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.Report("x", StepStart("s1"));
        var first = await w.Cancel("x");
        await w.Seconds(2);
        var second = await w.On("x").Cancel("another reason", Caller.Local);
        Assert.Equal((Result.Duplicate, first.Reason, first.RequestedAt), (second.Result, second.Reason, second.RequestedAt));
        Assert.True((await w.ReportAll("x", 1, new ExecutionEvent.Heartbeat())).Control.CancelRequested);

        await w.ReportAll("x", 1, StepEnd("s1", outcome == Outcome.Success ? StepOutcome.Success : StepOutcome.Fail), End(outcome));

        Assert.Equal(expected, (await w.State("x")).Status);
        Assert.Equal(outcome == Outcome.Success ? StepStatus.Succeeded : StepStatus.Cancelled, (await w.Step("x", "s1")).Status);
        Assert.Equal(Result.Late, (await w.Report("x", End())).Result);
        Assert.Equal(expected, (await w.State("x")).Status);
    }

    [Fact]
    public async Task S39_A_cancel_before_a_claim_is_a_final_record_with_end_and_duration()
    {
        await using var w = await OpenAsync();
        await w.Create("x");
        await w.Seconds(4);

        Assert.Equal(Result.Applied, (await w.Cancel("x")).Result);

        var state = await w.State("x");
        Assert.Equal((ExecutionStatus.Cancelled, Cause.CancelConfirmed, w.Now), (state.Status, state.Cause, state.EndedAt));
        Assert.Equal(TimeSpan.FromSeconds(4), state.EndedAt - state.CreatedAt);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task S40_An_execution_paused_for_days_is_not_swept_and_resumes_with_a_new_deadline(bool byAnother)
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1, new() { Workflow = "import", TimeoutSeconds = 100 });
        await w.ReportAll("x", 1, StepEnd("s1") with { Cost = 2m }, new ExecutionEvent.ExecutionPaused());
        await w.Restart(TimeSpan.FromDays(3));
        await w.Seconds(200);
        await w.Sweep();
        Assert.Equal(ExecutionStatus.Paused, (await w.State("x")).Status);

        var epoch = byAnother ? (await w.On("x").Claim(W2, Caller.Local)).Epoch : 1;
        Assert.Equal(byAnother ? 2 : 1, epoch);
        await w.Report("x", new ExecutionEvent.ExecutionResumed(), epoch);
        await w.Seconds(50);
        await w.Sweep();

        var state = await w.State("x");
        Assert.Equal((ExecutionStatus.Running, byAnother ? W2 : W1), (state.Status, state.Worker));
        Assert.Equal(byAnother ? 0m : 2m, state.StepCost);
        Assert.Equal(Result.Applied, (await w.Report("x", End(), epoch)).Result);
    }

    [Fact]
    public async Task S40_Two_claims_of_a_paused_execution_in_one_turn_each_get_their_own_epoch()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.Report("x", new ExecutionEvent.ExecutionPaused());
        var slow = new TaskCompletionSource();
        w.Faults.Gate = slow.Task;
        var log = w.Report("x", Line("still here"));
        var (holder, other) = (w.On("x").Claim(W1, Caller.Local), w.On("x").Claim(W2, Caller.Local));
        slow.SetResult();

        Assert.Equal((1, 2), ((await holder).Epoch, (await other).Epoch));
        Assert.Equal((true, true), ((await holder).Claimed, (await other).Claimed));
        Assert.Equal(Result.Applied, (await log).Result);
        Assert.Equal(Code.StaleEpoch, (await w.Report("x", new ExecutionEvent.ExecutionResumed())).Code);
    }

    [Fact]
    public async Task S40_A_resume_that_overtakes_its_pause_still_ends_running()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.Report("x", new ExecutionEvent.ExecutionResumed { At = w.Now.AddSeconds(2) });
        await w.Report("x", new ExecutionEvent.ExecutionPaused { At = w.Now.AddSeconds(1) });

        Assert.Equal(ExecutionStatus.Running, (await w.State("x")).Status);
    }

    [Fact]
    public async Task S40_A_cancel_wins_over_a_pause_in_both_orders()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.Cancel("x");
        await w.Report("x", new ExecutionEvent.ExecutionPaused());
        await w.Create("y", W1);
        await w.Report("y", new ExecutionEvent.ExecutionPaused());
        await w.Cancel("y");

        Assert.Equal((ExecutionStatus.Cancelled, ExecutionStatus.Cancelled), ((await w.State("x")).Status, (await w.State("y")).Status));
    }

    [Theory]
    [InlineData(Outcome.Success, true)]
    [InlineData(Outcome.Success, false)]
    [InlineData(Outcome.Cancel, true)]
    [InlineData(Outcome.Crash, false)]
    public async Task S42_No_step_runs_under_a_finished_execution_and_its_history_gives_its_state(Outcome outcome, bool written)
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.ReportAll(
            "x", 1, StepStart("skip"), StepStart("undo"), StepStart("open"), StepEnd("skip", StepOutcome.Skip), StepEnd("undo", StepOutcome.Compensate));
        ExecutionEvent[] last = [StepStart("mid-write") with { EventId = "mid-write" }, End(outcome) with { EventId = "end" }];

        (w.Faults.AnswersToLose, w.Faults.CannotReadBack) = (1, true);
        w.Faults.Refuse = _ => written ? null : "the silo dies before it is written";
        Assert.NotNull((await w.ReportAll("x", 1, last)).Refused);
        await w.Restart();

        Assert.Equal(written, (await w.State("x")).IsFinal);
        await w.HistoryGivesTheState("x");
        Assert.All((await w.ReportAll("x", 1, last)).Results, r => Assert.Equal(written ? Result.Duplicate : Result.Applied, r.Result));
        Assert.Equal((StepStatus.Skipped, StepStatus.Compensated), ((await w.Step("x", "skip")).Status, (await w.Step("x", "undo")).Status));
        Assert.DoesNotContain(await w.Steps("x"), s => s.IsOpen);
        Assert.Equal((true, 0), ((await w.State("x")).IsFinal, (await w.State("x")).OpenStepCount));
        await w.HistoryGivesTheState("x");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public async Task S42_The_history_of_a_long_life_through_the_rules_gives_the_live_state(double forgets)
    {
        await using var w = await OpenAsync(deactivateAtRandom: forgets);
        var tracing = new Caller { Name = "ops", ExplicitTrace = true };
        await w.Create("x", facts: new() { Workflow = "import", Labels = new() { ["team"] = "zoë" } });
        await w.Create("x", facts: new() { ConfigVersion = "7", MaxAttempts = 3 });
        await w.On("x").Claim(W1, Caller.Local);
        await w.Seconds(42);
        await w.Sweep();
        await w.On("x").Claim(W1, Caller.Local);
        await w.ReportAll("x", 2, StepStart("1"), StepEnd("1", StepOutcome.Skip) with { Cost = 0.10m }, StepStart("2"), Line("oh", Severity.Error));
        await w.On("x").Report(new EventReport(2, [StepStart("3") with { EventId = "3", Input = "1"u8.ToArray() }]), tracing);
        await w.Report("x", new ExecutionEvent.Unreadable { Code = Code.MissingStepId, Message = "no", ClaimedType = "step.completed" }, 2);
        await w.Beat("x", 2);
        // The lease, the half lease that a grain adds if it does not remember the last contact, and the grace.
        await w.Seconds(102);
        await w.Sweep();
        Assert.Equal(ExecutionStatus.Lost, (await w.State("x")).Status);
        await w.ReportAll("x", 2, End(), StepEnd("2"));
        await w.On("x").Resolve(Resolution.Failed, "seen", Caller.Local);
        await w.On("x").Requeue("again", Caller.Local);
        await w.Report("x", new ExecutionEvent.ExecutionStarted { Worker = W2, Facts = new() { TimeoutSeconds = 900 } }, 3);
        await w.ReportAll("x", 3, StepStart("1"), new ExecutionEvent.ExecutionPaused());
        await w.Restart(TimeSpan.FromDays(1));
        await w.On("x").Claim(W1, Caller.Local);
        await w.ReportAll(
            "x", 4, new ExecutionEvent.ExecutionResumed(), StepStart("1"), StepEnd("1", StepOutcome.Compensate) with { Cost = 0.25m }, StepStart("2"));
        await w.HistoryGivesTheState("x");
        await w.Cancel("x");
        w.Faults.Refuse = append => append.Effects.OfType<Effect.FinalPayload>().Any() ? "too big" : null;
        await w.Report("x", End(Outcome.Fail) with { Output = "1"u8.ToArray(), Cost = 3.50m }, 4);

        var state = await w.State("x");
        Assert.Equal((ExecutionStatus.Cancelled, FinalizationPath.Cancelled, 4, 3), (state.Status, state.Path, state.Epoch, state.Epochs.Count));
        Assert.NotNull(state.CompletionFailure);
        Assert.Equal((Resolution.Failed, true), (state.Epochs[1].Resolution!.Resolution, state.IsTraced));
        await w.HistoryGivesTheState("x");
    }

    [Fact]
    public async Task S43_A_write_that_succeeded_despite_a_timeout_is_read_back_and_answered_once()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        w.Faults.AnswersToLose = 1;

        Assert.Equal(Result.Applied, (await w.Report("x", StepStart("s1") with { EventId = "s1" })).Result);
        Assert.Equal(Result.Applied, (await w.Report("x", StepEnd("s1"))).Result);

        Assert.Single(await w.History("x"), h => h.EventId == "s1");
        Assert.Equal(StepStatus.Succeeded, (await w.Step("x", "s1")).Status);
    }

    [Fact]
    public async Task S44_While_the_store_is_unavailable_callers_are_asked_to_retry_and_service_resumes_by_itself()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.Report("x", StepStart("s1"));
        w.Faults.Away = true;
        Assert.Equal(Code.StoreUnavailable, (await w.ReportAll("x", 1, StepEnd("s1") with { EventId = "end" })).Refused);
        await w.Seconds(60);
        Assert.Equal(Code.StoreUnavailable, (await w.ReportAll("x", 1, StepEnd("s1") with { EventId = "end" })).Refused);
        w.Faults.Away = false;

        Assert.Equal(Result.Applied, (await w.Report("x", StepEnd("s1") with { EventId = "end" })).Result);
        Assert.Equal(StepStatus.Succeeded, (await w.Step("x", "s1")).Status);
    }

    [Fact]
    public async Task S44_No_execution_is_lost_within_a_lease_of_a_report_that_could_not_be_stored()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.Create("silent", W2);
        w.Faults.Away = true;
        foreach (var step in new[] { "s1", "s2", "s3", "s4" })
        {
            await w.Seconds(20);
            Assert.Equal(Code.StoreUnavailable, (await w.ReportAll("x", 1, StepStart(step))).Refused);
        }

        w.Faults.Away = false;
        await w.Sweep();
        Assert.Equal((ExecutionStatus.Running, ExecutionStatus.Lost), ((await w.State("x")).Status, (await w.State("silent")).Status));
        await w.Seconds(68);
        await w.Sweep();
        Assert.Equal(ExecutionStatus.Running, (await w.State("x")).Status);
        await w.Seconds(4);
        await w.Sweep();
        Assert.Equal(ExecutionStatus.Lost, (await w.State("x")).Status);
    }

    [Fact]
    public async Task S44_A_report_that_waits_behind_a_slow_commit_is_not_silence_for_an_earlier_sweep()
    {
        await using var w = await OpenAsync();
        await w.Create("x", W1);
        await w.Seconds(10);
        await w.Faults.Arrived.WaitAsync(TestContext.Current.CancellationToken);
        var slow = new TaskCompletionSource();
        w.Faults.Gate = slow.Task;
        var first = w.Report("x", StepStart("s1"));
        await w.Faults.Arrived.WaitAsync(TestContext.Current.CancellationToken);
        var judged = w.On("x").Judge();
        await w.Seconds(50);
        var second = w.Report("x", StepEnd("s1"));
        await w.Seconds(50);
        slow.SetResult();

        Assert.Equal((Result.Applied, false, Result.Applied), ((await first).Result, await judged, (await second).Result));
        Assert.Equal(ExecutionStatus.Running, (await w.State("x")).Status);
    }
}
