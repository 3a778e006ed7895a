using static ExecutionGrains.Rules.Tests.World;

namespace ExecutionGrains.Rules.Tests;

/// <summary>Lives of one execution under the rules, named after the scenarios' numbers.</summary>
public sealed class LifeTests
{
    private readonly World _w = new();

    [Fact]
    public void S01_A_step_end_of_an_unknown_execution_creates_it_with_a_closed_step()
    {
        Assert.Equal(Result.Applied, _w.Report(StepEnd("s1", StepOutcome.Fail)).Result);

        Assert.Equal(ExecutionStatus.Running, _w.S.Status);
        Assert.Equal("unknown", _w.S.Workflow);
        Assert.Equal(StepStatus.Failed, _w.Steps[(1, "s1")].Status);
        Assert.Equal((1, 0, 1), (_w.S.StepCount, _w.S.OpenStepCount, _w.S.FailedStepCount));
    }

    [Fact]
    public void S02_The_start_that_arrives_after_the_end_is_merged_and_reopens_nothing()
    {
        _w.Report(StepEnd("s1") with { Output = "1"u8.ToArray() });

        Assert.Equal(Result.Applied, _w.Report(StepStart("s1", "extract", Begin.AddSeconds(-5))).Result);

        var step = _w.Steps[(1, "s1")];
        Assert.Equal((StepStatus.Succeeded, "extract", Begin.AddSeconds(-5)), (step.Status, step.Block, step.StartedAt));
        Assert.Equal((1, 0), (_w.S.StepCount, _w.S.OpenStepCount));
    }

    [Fact]
    public void S02_A_start_without_a_time_does_not_move_the_end()
    {
        _w.Report(End());
        _w.Now += TimeSpan.FromMinutes(5);

        Assert.Equal(Result.Applied, _w.Report(Start(W1)).Result);

        Assert.Equal((ExecutionStatus.Succeeded, Begin, Begin, 1), (_w.S.Status, _w.S.StartedAt, _w.S.EndedAt, _w.S.Attempts));
    }

    [Fact]
    public void S05_The_ends_facts_about_the_start_win()
    {
        _w.Create(W1, new() { Workflow = "import", ExplicitTrace = true });
        _w.Report(StepStart("s1") with { Input = "1"u8.ToArray() });
        _w.Report(StepEnd("s1") with { Input = "[1,2]"u8.ToArray(), Block = "extract-all" });

        Assert.Equal("[1,2]"u8.ToArray(), _w.Steps[(1, "s1")].Input);
        Assert.Equal("extract-all", _w.Steps[(1, "s1")].Block);
    }

    [Fact]
    public void S06_The_same_start_twice_changes_nothing()
    {
        _w.Create(W1);
        var before = _w.S;

        Assert.Equal(Result.Duplicate, _w.Create(W1).Result);
        Assert.Equal(before, _w.S);
    }

    [Fact]
    public void S07_The_same_end_twice_is_a_duplicate()
    {
        _w.Create(W1);
        Assert.Equal(Result.Applied, _w.Report(End(), id: "end").Result);
        var before = _w.S;

        Assert.Equal(Result.Duplicate, _w.Report(End(), id: "end").Result);
        Assert.Equal(before, _w.S);
    }

    [Fact]
    public void S08_The_same_id_with_another_payload_is_a_conflict_and_the_first_is_kept()
    {
        _w.Create(W1);
        _w.Report(End(), id: "end");

        var second = _w.Report(End(Outcome.Fail), id: "end");

        Assert.Equal((Result.Rejected, Code.Conflict), (second.Result, second.Code));
        Assert.Equal((ExecutionStatus.Succeeded, 1), (_w.S.Status, _w.S.RejectionCount));
    }

    [Fact]
    public void S11_A_step_closed_with_its_execution_still_gets_its_own_outcome()
    {
        _w.Create(W1);
        _w.Report(StepStart("s1"));
        _w.Report(End());
        Assert.Equal(StepStatus.Incomplete, _w.Steps[(1, "s1")].Status);

        Assert.Equal(Result.Applied, _w.Report(StepEnd("s1", StepOutcome.Fail)).Result);

        Assert.Equal(StepStatus.Failed, _w.Steps[(1, "s1")].Status);
        Assert.Equal((ExecutionStatus.Succeeded, 1, 0L), (_w.S.Status, _w.S.FailedStepCount, _w.S.LateCount));
    }

    [Fact]
    public void S16_A_refused_final_report_followed_by_silence_is_report_rejected()
    {
        _w.Create(W1);
        _w.Report(new ExecutionEvent.Unreadable { Code = Code.InvalidEvent, Message = "outcome", ClaimedType = "execution.completed" });

        _w.Judge(TimeSpan.FromSeconds(71));

        Assert.Equal((ExecutionStatus.Exception, FinalizationPath.ForceFailed, Cause.ReportRejected), (_w.S.Status, _w.S.Path, _w.S.Cause));
    }

    [Fact]
    public void S17_The_same_refused_event_a_thousand_times_is_one_counted_rejection()
    {
        _w.Create(W1);
        var bad = new ExecutionEvent.Unreadable { EventId = "x", Code = Code.MissingStepId, Message = "stepId", ClaimedType = "step.completed" };
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(Code.MissingStepId, _w.Report(bad).Code);
        }

        Assert.Equal((1, 1000L), (_w.S.RejectionCount, _w.S.RejectedCount));
        Assert.Equal(1000, _w.Effects.OfType<Effect.Rejection>().Count());
        Assert.Single(_w.Effects.OfType<Effect.History>(), h => h.Result == Result.Rejected);
    }

    [Fact]
    public void S22_A_claim_without_a_report_is_pending_again_in_the_next_epoch()
    {
        _w.Create();
        _w.Claim(W1);

        _w.Judge(TimeSpan.FromSeconds(41));

        Assert.Equal((ExecutionStatus.Pending, 2), (_w.S.Status, _w.S.Epoch));
        Assert.Equal((Cause.ClaimExpired, (ExecutionStatus?)null), (_w.S.Epochs[0].Cause, _w.S.Epochs[0].Status));
    }

    [Fact]
    public void S23_The_first_worker_is_fenced_when_another_has_claimed()
    {
        _w.Create();
        _w.Claim(W1);
        _w.Judge(TimeSpan.FromSeconds(41));
        _w.Claim(W2);
        var before = _w.S;

        Assert.Equal(Code.StaleEpoch, _w.Report(StepStart("s1"), epoch: 1).Code);
        Assert.Equal((before.Status, before.StepCount, before.Version), (_w.S.Status, _w.S.StepCount, _w.S.Version));
    }

    [Theory]
    [InlineData("pending", null)]
    [InlineData("claimed", Cause.LostAfterClaim)]
    [InlineData("running", Cause.LostAfterStart)]
    [InlineData("paused", null)]
    public void S24_After_their_deadline_only_claimed_and_running_executions_are_lost(string status, Cause? cause)
    {
        _w.Create();
        if (status != "pending")
        {
            _w.Claim(W1);
            _w.Beat();
        }

        if (status is "running" or "paused")
        {
            _w.Report(Start(W1));
        }

        if (status == "paused")
        {
            _w.Report(new ExecutionEvent.ExecutionPaused());
        }

        _w.Judge(TimeSpan.FromDays(3));

        Assert.Equal(cause, _w.S.Cause);
        Assert.Equal(cause is null ? status : "lost", _w.S.Status.Word());
    }

    [Fact]
    public void S26_A_success_after_lost_is_evidence_and_does_not_change_the_status()
    {
        _w.Create(W1);
        _w.Judge(TimeSpan.FromMinutes(2));
        _w.Now += TimeSpan.FromMinutes(40);

        var late = _w.Report(End());

        Assert.Equal((Result.Late, Code.AlreadyFinished), (late.Result, late.Code));
        Assert.Equal((ExecutionStatus.Lost, 1L, 1), (_w.S.Status, _w.S.LateCount, _w.S.EvidenceCount));
        Assert.Equal(Result.Applied, _w.Do(new Command.Resolve(Resolution.Recovered, "it did succeed", "ops")).Result);
        Assert.Equal((ExecutionStatus.Lost, Resolution.Recovered), (_w.S.Status, _w.S.Resolution!.Resolution));
    }

    [Fact]
    public void S27_Open_steps_of_a_lost_execution_are_lost_and_finished_ones_untouched()
    {
        _w.Create(W1);
        _w.Report(StepStart("done"));
        _w.Report(StepEnd("done"));
        _w.Report(StepStart("open"));

        _w.Judge(TimeSpan.FromMinutes(2));

        Assert.Equal((StepStatus.Succeeded, StepStatus.Lost), (_w.Steps[(1, "done")].Status, _w.Steps[(1, "open")].Status));
        Assert.Equal((0, "open", "done"), (_w.S.OpenStepCount, _w.S.LastStarted!.StepId, _w.S.LastCompleted!.StepId));
    }

    [Fact]
    public void S29_A_deadline_that_expires_in_an_outage_moves_to_one_lease_after_its_end()
    {
        _w.Create(W1);
        _w.Outages.Add(new Outage(Begin.AddSeconds(5), Begin.AddSeconds(605)));

        _w.Judge(TimeSpan.FromSeconds(674));
        Assert.Equal(ExecutionStatus.Running, _w.S.Status);
        _w.Judge(TimeSpan.FromSeconds(1));
        Assert.Equal(ExecutionStatus.Lost, _w.S.Status);
    }

    /// <summary>
    /// The first outage leads into the second, as when a report was refused shortly before the tracker went down (the grain adds that outage last).
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void S29_Outages_move_deadlines_in_whatever_order_they_are_listed(bool backwards)
    {
        _w.Create(W1);
        Outage[] outages = [new(Begin.AddSeconds(50), Begin.AddSeconds(59)), new(Begin.AddSeconds(100), Begin.AddSeconds(200))];
        _w.Outages.AddRange(backwards ? outages.Reverse() : outages);
        _w.Outages.Add(new(DateTimeOffset.MinValue, Begin.AddSeconds(59)));

        _w.Judge(TimeSpan.FromSeconds(269));
        Assert.Equal(ExecutionStatus.Running, _w.S.Status);
        _w.Judge(TimeSpan.FromSeconds(1));
        Assert.Equal(ExecutionStatus.Lost, _w.S.Status);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void S31_Producer_time_an_hour_off_gives_no_negative_duration(int hours)
    {
        _w.Create(W1);
        _w.Report(StepStart("s1", at: Begin.AddHours(hours)));
        _w.Now += TimeSpan.FromSeconds(10);
        _w.Report(StepEnd("s1", at: Begin));

        var step = _w.Steps[(1, "s1")];
        Assert.True(step.EndedAt >= step.StartedAt);
        Assert.Equal(Begin.AddHours(hours), step.StartedAt);
        Assert.Equal(_w.Now, step.TrackerEndedAt);
    }

    [Fact]
    public void S32_An_older_marker_is_ignored_and_the_same_millisecond_replaces()
    {
        _w.Create(W1);
        _w.Now += TimeSpan.FromSeconds(2);
        _w.Report(StepStart("a", "a", Begin.AddSeconds(1)));
        _w.Report(StepStart("b", "b", Begin));
        Assert.Equal("a", _w.S.LastStarted!.Block);

        _w.Report(StepStart("c", "c", Begin.AddSeconds(1)));
        Assert.Equal("c", _w.S.LastStarted!.Block);
    }

    [Theory]
    [InlineData(Outcome.Success, ExecutionStatus.Succeeded)]
    [InlineData(Outcome.Fail, ExecutionStatus.Cancelled)]
    [InlineData(Outcome.Cancel, ExecutionStatus.Cancelled)]
    public void S38_After_a_cancel_only_a_success_overrides_it(Outcome outcome, ExecutionStatus expected)
    {
        _w.Create(W1);
        _w.Report(StepStart("s1"));
        _w.Cancel();
        Assert.Equal(ExecutionStatus.Running, _w.S.Status);
        Assert.Equal(Result.Duplicate, _w.Cancel().Result);

        _w.Report(End(outcome));

        Assert.Equal(expected, _w.S.Status);
        Assert.False(_w.Steps[(1, "s1")].IsOpen);
        Assert.Equal(Result.Late, _w.Report(End(Outcome.Success), id: "again").Result);
    }

    [Fact]
    public void S38_Silence_past_the_cancel_grace_is_cancelled_unconfirmed()
    {
        _w.Create(W1);
        _w.Cancel();

        _w.Judge(TimeSpan.FromSeconds(41));

        Assert.Equal((ExecutionStatus.Cancelled, Cause.CancelUnconfirmed), (_w.S.Status, _w.S.Cause));
    }

    [Fact]
    public void S39_A_cancel_before_any_claim_is_a_final_record_with_end_and_duration()
    {
        _w.Create();
        _w.Now += TimeSpan.FromSeconds(3);
        _w.Cancel();

        Assert.Equal((ExecutionStatus.Cancelled, Cause.CancelConfirmed, Begin.AddSeconds(3)), (_w.S.Status, _w.S.Cause, _w.S.EndedAt));
        Assert.Equal(TimeSpan.FromSeconds(3), _w.Effects.OfType<Effect.CountEndedEpoch>().Single().Duration);
    }

    [Fact]
    public void S40_A_resume_that_overtakes_its_pause_still_ends_running()
    {
        _w.Create(W1);
        _w.Report(new ExecutionEvent.ExecutionResumed { At = Begin.AddSeconds(2) });
        _w.Report(new ExecutionEvent.ExecutionPaused { At = Begin.AddSeconds(1) });

        Assert.Equal(ExecutionStatus.Running, _w.S.Status);
    }

    [Fact]
    public void S40_A_cancel_wins_over_a_pause_in_both_orders()
    {
        _w.Create(W1);
        _w.Cancel();
        _w.Report(new ExecutionEvent.ExecutionPaused());
        Assert.Equal(ExecutionStatus.Cancelled, _w.S.Status);

        var other = new World();
        other.Create(W1);
        other.Report(new ExecutionEvent.ExecutionPaused());
        other.Cancel();
        Assert.Equal(ExecutionStatus.Cancelled, other.S.Status);
    }

    [Fact]
    public void S40_A_resumed_execution_has_a_fresh_deadline_and_another_worker_may_claim_the_pause()
    {
        _w.Create(W1, new() { Workflow = "import", TimeoutSeconds = 100 });
        _w.Report(new ExecutionEvent.ExecutionPaused());
        _w.Now += TimeSpan.FromDays(3);
        _w.Claim(W2);
        Assert.Equal((ExecutionStatus.Paused, 2), (_w.S.Status, _w.S.Epoch));

        _w.Report(new ExecutionEvent.ExecutionResumed());
        _w.Judge(TimeSpan.FromSeconds(50));

        Assert.Equal((ExecutionStatus.Running, "worker-2"), (_w.S.Status, _w.S.Worker!.WorkerId));
    }

    [Fact]
    public void S46_A_requeued_execution_fences_its_first_worker_and_keeps_the_ended_epoch()
    {
        _w.Create(W1);
        _w.Report(StepStart("s1"));
        _w.Judge(TimeSpan.FromMinutes(2));
        Assert.Equal(Result.Applied, _w.Requeue().Result);
        _w.Claim(W2);

        Assert.Equal(Code.StaleEpoch, _w.Report(End(), epoch: 1).Code);
        Assert.Equal(Result.Applied, _w.Report(StepStart("s1")).Result);
        Assert.Equal((2, ExecutionStatus.Lost, 1), (_w.S.Epoch, _w.S.Epochs.Single().Status, _w.S.StepCount));
    }

    [Fact]
    public void A_worker_past_its_timeout_and_the_grace_is_killed_despite_heartbeats()
    {
        _w.Create(W1, new() { Workflow = "import", TimeoutSeconds = 60 });
        for (var i = 0; i < 5; i++)
        {
            _w.Judge(TimeSpan.FromSeconds(20));
            _w.Beat();
        }

        Assert.Equal((ExecutionStatus.Killed, Cause.Timeout), (_w.S.Status, _w.S.Cause));
    }

    [Fact]
    public void A_heartbeat_is_stored_only_when_less_than_half_of_the_stored_lease_is_left()
    {
        _w.Create(W1);
        var stored = 0;
        for (var i = 0; i < 60; i++)
        {
            _w.Now += TimeSpan.FromSeconds(5);
            stored += _w.Beat().MustStore ? 1 : 0;
        }

        Assert.InRange(stored, 5, 10);
        Assert.Equal(ExecutionStatus.Running, _w.S.Status);
    }

    [Fact]
    public void A_lost_execution_that_is_idempotent_is_requeued_up_to_its_attempts()
    {
        _w.Create(W1, new() { Workflow = "import", Idempotent = true, MaxAttempts = 2 });
        _w.Judge(TimeSpan.FromMinutes(2));
        Assert.Equal((ExecutionStatus.Pending, 2), (_w.S.Status, _w.S.Epoch));

        _w.Report(Start(W2));
        _w.Judge(TimeSpan.FromMinutes(2));
        Assert.Equal((ExecutionStatus.Lost, 2), (_w.S.Status, _w.S.Epoch));
    }
}
