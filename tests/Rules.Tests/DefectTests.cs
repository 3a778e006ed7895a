using static ExecutionGrains.Rules.Tests.World;

namespace ExecutionGrains.Rules.Tests;

/// <summary>Defects that external testers found in the rules, by their numbers.</summary>
public sealed class DefectTests
{
    private readonly World _w = new();

    [Fact]
    public void D01_A_pause_applies_even_if_an_earlier_resume_came_from_a_clock_that_is_ahead()
    {
        _w.Create(W1);
        _w.Report(new ExecutionEvent.ExecutionPaused());
        _w.Report(new ExecutionEvent.ExecutionResumed { At = Begin.AddSeconds(5) });

        _w.Report(new ExecutionEvent.ExecutionPaused { At = Begin });

        Assert.Equal(ExecutionStatus.Paused, _w.S.Status);
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void D01_A_resume_that_found_nothing_cancels_one_earlier_pause_only()
    {
        _w.Create(W1);
        _w.Report(new ExecutionEvent.ExecutionResumed { At = Begin.AddSeconds(5) });
        _w.Report(new ExecutionEvent.ExecutionPaused { At = Begin });
        Assert.Equal(ExecutionStatus.Running, _w.S.Status);

        _w.Report(new ExecutionEvent.ExecutionPaused { At = Begin.AddSeconds(1) });

        Assert.Equal(ExecutionStatus.Paused, _w.S.Status);
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void D02_A_claimed_execution_whose_end_is_refused_is_report_rejected_after_its_lease()
    {
        _w.Create();
        _w.Claim(W1);
        _w.Report(RefusedEnd());

        _w.Judge(TimeSpan.FromSeconds(60));
        Assert.Equal(ExecutionStatus.Claimed, _w.S.Status);
        _w.Judge(TimeSpan.FromSeconds(11));

        Assert.Equal((ExecutionStatus.Exception, FinalizationPath.ForceFailed, Cause.ReportRejected, 1), (_w.S.Status, _w.S.Path, _w.S.Cause, _w.S.Epoch));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void D02_Without_a_lease_a_claim_whose_end_is_refused_is_report_rejected_after_the_claim_timeout()
    {
        _w.Create(facts: new() { Workflow = "import", HeartbeatTimeoutSeconds = 0 });
        _w.Claim(W1);
        _w.Report(RefusedEnd());

        _w.Judge(TimeSpan.FromSeconds(41));

        Assert.Equal((ExecutionStatus.Exception, Cause.ReportRejected), (_w.S.Status, _w.S.Cause));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void D02_A_repeated_claim_restarts_the_claim_timeout_and_does_not_count_as_a_report()
    {
        _w.Create();
        _w.Claim(W1);
        _w.Now += TimeSpan.FromSeconds(20);
        Assert.Equal((Result.Duplicate, true), (_w.Claim(W1).Result, _w.S.Followed is false));

        _w.Judge(TimeSpan.FromSeconds(39));
        Assert.Equal(ExecutionStatus.Claimed, _w.S.Status);
        _w.Judge(TimeSpan.FromSeconds(1));

        Assert.Equal((ExecutionStatus.Pending, 2, Cause.ClaimExpired), (_w.S.Status, _w.S.Epoch, _w.S.Epochs[0].Cause));
        _w.HistoryGivesTheState();
    }

    [Theory]
    [InlineData(Code.InvalidEvent, true)]
    [InlineData(Code.MissingStepId, true)]
    [InlineData(Code.UnknownType, true)]
    [InlineData(Code.LimitExceeded, true)]
    public void D03_Any_event_of_the_current_epoch_is_a_contact_whatever_its_result(Code code, bool alive)
    {
        _w.Create();
        _w.Claim(W1);
        for (var i = 0; i < 20; i++)
        {
            _w.Now += TimeSpan.FromSeconds(20);
            Assert.Equal(code, _w.Report(Refused("log") with { Code = code }).Code);
            _w.Judge();
        }

        Assert.Equal(alive, _w.S.Status == ExecutionStatus.Claimed && _w.S.Epoch == 1);
    }

    [Fact]
    public void D03_A_conflict_is_a_contact_and_a_fenced_or_early_event_is_not()
    {
        _w.Create(W1);
        _w.Report(StepStart("s1"), id: "one");
        _w.Now += TimeSpan.FromSeconds(30);
        Assert.Equal(Code.Conflict, _w.Report(StepStart("s2"), id: "one").Code);
        Assert.Equal(_w.Now, _w.S.LastContactAt);

        var heard = _w.Now;
        _w.Now += TimeSpan.FromSeconds(1);
        _w.Report(StepStart("s3"), epoch: 2);
        _w.Report(Refused("log"), epoch: 2);
        _w.Report(Start(W2));
        Assert.Equal(heard, _w.S.LastContactAt);
    }

    [Fact]
    public void D03_Once_an_end_was_refused_only_applied_and_repeated_events_are_contacts()
    {
        _w.Create(W1);
        _w.Report(new ExecutionEvent.Log { Message = "m" }, id: "log");
        _w.Report(RefusedEnd());
        var heard = _w.S.LastContactAt;
        _w.Now += TimeSpan.FromSeconds(10);

        _w.Report(Refused("log"));
        _w.Report(RefusedEnd());
        Assert.Equal(heard, _w.S.LastContactAt);

        _w.Report(new ExecutionEvent.Log { Message = "m" }, id: "log");
        Assert.Equal(_w.Now, _w.S.LastContactAt);
    }

    [Fact]
    public void D04_An_end_that_comes_before_its_start_keeps_its_own_time()
    {
        _w.Report(End() with { At = Begin.AddHours(-1) });
        _w.Report(Start(W1) with { At = Begin.AddHours(-2) });

        Assert.Equal((Begin.AddHours(-2), Begin.AddHours(-1)), (_w.S.StartedAt, _w.S.EndedAt));
        var recount = Assert.Single(_w.Effects.OfType<Effect.CorrectStatistics>());
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromHours(1)), (recount.FromDuration, recount.ToDuration));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void D05_An_event_id_of_the_next_epoch_is_a_new_event()
    {
        _w.Create(W1);
        _w.Report(StepStart("s1"), id: "one");
        _w.Judge(TimeSpan.FromMinutes(2));
        _w.Requeue();
        _w.Claim(W2);

        Assert.Equal(Result.Applied, _w.Report(StepStart("s1"), id: "one").Result);
        Assert.Equal(Result.Duplicate, _w.Report(StepStart("s1"), id: "one").Result);
        Assert.Equal(Code.Conflict, _w.Report(StepStart("s1", "load"), id: "one").Code);
        Assert.Equal(Result.Duplicate, _w.Report(StepStart("s1"), epoch: 1, id: "one").Result);
        Assert.Equal((ExecutionStatus.Running, 1), (_w.S.Status, _w.S.StepCount));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void D07_A_start_in_the_far_future_does_not_pin_the_marker()
    {
        _w.Create(W1);
        _w.Report(StepStart("future", at: new(9998, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        _w.Now += TimeSpan.FromSeconds(1);
        _w.Report(StepStart("now", at: _w.Now));
        Assert.Equal("now", _w.S.LastStarted!.StepId);

        _w.Report(StepEnd("future", at: new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        _w.Now += TimeSpan.FromSeconds(1);
        _w.Report(StepEnd("now", at: _w.Now));
        Assert.Equal("now", _w.S.LastCompleted!.StepId);
        Assert.Equal(9998, _w.Steps[(1, "future")].StartedAt.Year);
    }

    [Fact]
    public void D07_A_duration_counts_as_ten_years_at_most()
    {
        _w.Create(W1);
        _w.Report(End() with { At = new(9998, 1, 1, 0, 0, 0, TimeSpan.Zero) });

        Assert.Equal(TimeSpan.FromDays(3652.5), _w.Effects.OfType<Effect.CountEndedEpoch>().Single().Duration);
        Assert.Equal(9998, _w.S.EndedAt!.Value.Year);
    }

    [Fact]
    public void D09_The_reason_of_a_pause_is_in_the_state_while_it_lasts_and_in_the_history_permanently()
    {
        _w.Create(W1);
        _w.Report(new ExecutionEvent.ExecutionPaused { Reason = "waiting for ops" });
        Assert.Equal("waiting for ops", _w.S.PausedReason);
        _w.Claim(W2);
        Assert.Equal("waiting for ops", _w.S.PausedReason);

        _w.Report(new ExecutionEvent.ExecutionResumed { Reason = "ops are there" });
        Assert.Null(_w.S.PausedReason);
        Assert.Equal(
            ["waiting for ops", "ops are there"],
            _w.Effects.OfType<Effect.History>().Where(h => h.Type is "execution.paused" or "execution.resumed")
                .Select(h => HistoryRowJson.CallerAndReason(h).Reason));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void D19_A_start_after_the_cancel_of_a_pending_run_moves_no_end()
    {
        _w.Create();
        _w.Cancel();

        Assert.Equal(Result.Applied, _w.Report(Start(W1) with { At = Begin.AddMinutes(1) }).Result);

        Assert.Equal((Begin, Begin, Begin), (_w.S.StartedAt, _w.S.EndedAt, _w.S.TrackerEndedAt));
        _w.HistoryGivesTheState();
    }

    [Theory]
    [InlineData(Outcome.Success, FinalizationPath.FallbackCompleted)]
    [InlineData(Outcome.Fail, FinalizationPath.ForceFailed)]
    [InlineData(Outcome.Crash, FinalizationPath.ForceFailed)]
    [InlineData(Outcome.Cancel, FinalizationPath.Cancelled)]
    public void D23_A_reduced_end_keeps_every_path_but_completed(Outcome outcome, FinalizationPath path)
    {
        _w.Create(W1);

        _w.Reduce(End(outcome) with { Output = "1"u8.ToArray() });

        Assert.Equal((path, "the store refused it"), (_w.S.Path, _w.S.CompletionFailure));
        Assert.Empty(_w.Effects.OfType<Effect.FinalPayload>());
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void D24_A_start_after_its_steps_end_names_the_markers()
    {
        _w.Create(W1);
        _w.Report(StepEnd("s1", at: Begin.AddSeconds(-1)));
        Assert.Equal(("unknown", "unknown"), (_w.S.LastStarted!.Block, _w.S.LastCompleted!.Block));

        _w.Report(StepStart("s1", "extract", Begin.AddSeconds(-2)) with { BlockType = "http" });

        Assert.Equal(("extract", "http", Begin.AddSeconds(-2)), (_w.S.LastStarted!.Block, _w.S.LastStarted.BlockType, _w.S.LastStarted.StartedAt));
        Assert.Equal(("extract", "http", Begin.AddSeconds(-2)), (_w.S.LastCompleted!.Block, _w.S.LastCompleted.BlockType, _w.S.LastCompleted.StartedAt));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void D25_A_start_after_an_end_with_other_facts_fills_the_rest()
    {
        _w.Report(End() with { Facts = new() { Workflow = "import", Labels = new() { ["region"] = "eu" } }, At = Begin });

        var start = Start(W1) with
        {
            At = Begin.AddMinutes(-1),
            Facts = new() { Workflow = "other", ConfigVersion = "7", Labels = new() { ["region"] = "us", ["zone"] = "a" } },
        };
        Assert.Equal(Result.Applied, _w.Report(start).Result);

        Assert.Equal(("import", "7", W1, Begin.AddMinutes(-1)), (_w.S.Facts.Workflow, _w.S.Facts.ConfigVersion, _w.S.Worker, _w.S.StartedAt));
        Assert.Equal(("eu", "a"), (_w.S.Facts.Labels!["region"], _w.S.Facts.Labels["zone"]));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void D25_Events_do_not_change_facts_of_a_create_call_and_the_end_overrides_facts_of_events()
    {
        _w.Create(facts: new() { Workflow = "import", Labels = new() { ["a"] = "1" } });
        _w.Report(Start(W1) with { Facts = new() { ConfigVersion = "1", Labels = new() { ["b"] = "1" } } });

        Assert.Equal(Code.Conflict, _w.Report(End() with { Facts = new() { Workflow = "export" } }).Code);
        Assert.Equal(Code.Conflict, _w.Report(End() with { Facts = new() { Labels = new() { ["a"] = "2" } } }).Code);
        Assert.Equal(Result.Applied, _w.Report(End() with { Facts = new() { ConfigVersion = "2", Labels = new() { ["b"] = "2" } } }).Result);

        Assert.Equal(("import", "2", "1", "2"), (_w.S.Workflow, _w.S.Facts.ConfigVersion, _w.S.Facts.Labels!["a"], _w.S.Facts.Labels["b"]));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void D25_A_create_call_may_state_what_events_stated_before()
    {
        _w.Report(Start(W1) with { Facts = new() { Workflow = "import", ConfigVersion = "1" } });
        Assert.Equal(Result.Duplicate, _w.Create(facts: new() { Workflow = "import" }).Result);
        Assert.Equal(Result.Duplicate, _w.Create(facts: new() { Workflow = "import" }).Result);

        Assert.Equal(Code.Conflict, _w.Report(End() with { Facts = new() { Workflow = "export" } }).Code);
        Assert.Equal(Result.Applied, _w.Report(End() with { Facts = new() { ConfigVersion = "2" } }).Result);
        _w.HistoryGivesTheState();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void D26_After_the_end_a_start_of_another_worker_or_incarnation_is_stale(bool sameWorker)
    {
        _w.Create();
        _w.Claim(W1);
        _w.Report(End());

        var late = _w.Report(Start(sameWorker ? W1 with { Incarnation = "other" } : W2));

        Assert.Equal((Result.Rejected, Code.StaleEpoch), (late.Result, late.Code));
        Assert.Null(_w.S.StartedAt);
        Assert.Equal(Result.Applied, _w.Report(Start(W1)).Result);
        _w.HistoryGivesTheState();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void D27_A_fenced_worker_does_not_affect_its_successor(bool readable)
    {
        _w.Create(W1);
        _w.Judge(TimeSpan.FromMinutes(2));
        _w.Requeue();
        _w.Report(Start(W2));
        ExecutionEvent end = readable ? End(Outcome.Fail) with { EventId = "end" } : RefusedEnd() with { EventId = "end" };

        var answer = _w.Do(new Command.ApplyEvent(end, 2, Hash(end), "tests", "default") { TokenEpoch = 1 });
        Assert.Equal(Code.StaleEpoch, answer.Code);
        Assert.Equal(Code.StaleEpoch, _w.Report(end, epoch: 1).Code);

        _w.Judge(TimeSpan.FromMinutes(2));
        Assert.Equal((ExecutionStatus.Lost, Cause.LostAfterStart), (_w.S.Status, _w.S.Cause));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void D28_A_repeated_pause_uses_up_its_id()
    {
        _w.Create(W1);
        _w.Report(new ExecutionEvent.ExecutionPaused(), id: "p1");
        Assert.Equal(Result.Duplicate, _w.Report(new ExecutionEvent.ExecutionPaused(), id: "p2").Result);
        _w.Report(new ExecutionEvent.ExecutionResumed(), id: "r");

        Assert.Equal(Result.Duplicate, _w.Report(new ExecutionEvent.ExecutionPaused(), id: "p2").Result);

        Assert.Equal(ExecutionStatus.Running, _w.S.Status);
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void D28_Every_duplicate_uses_up_its_id_so_other_facts_under_it_are_a_conflict()
    {
        _w.Create(W1);
        _w.Report(StepStart("s1"));
        _w.Report(StepEnd("s1"));
        Assert.Equal(Result.Duplicate, _w.Report(Start(W1), id: "start").Result);
        Assert.Equal(Result.Duplicate, _w.Report(StepStart("s1"), id: "step").Result);
        Assert.Equal(Result.Duplicate, _w.Report(StepEnd("s1"), id: "end").Result);

        Assert.All(["start", "step", "end"], id => Assert.Equal(Code.Conflict, _w.Report(StepStart("s2"), id: id).Code));
        Assert.Equal(1, _w.S.StepCount);
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void D29_An_execution_that_is_named_after_its_end_counts_for_its_workflow()
    {
        _w.Report(End() with { At = Begin });

        _w.Report(Start(W1) with { At = Begin, Facts = new() { Workflow = "import" } });

        var recount = Assert.Single(_w.Effects.OfType<Effect.CorrectStatistics>());
        Assert.Equal(
            ("unknown", "import", ExecutionStatus.Succeeded, _w.S.TrackerEndedAt), (recount.FromWorkflow, recount.ToWorkflow, recount.Status, recount.At));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void D29_A_create_call_that_names_the_workflow_after_the_end_counts_for_it()
    {
        _w.Report(End());

        Assert.Equal(Result.Applied, _w.Create().Result);

        var recount = Assert.Single(_w.Effects.OfType<Effect.CorrectStatistics>());
        Assert.Equal(("unknown", "import"), (recount.FromWorkflow, recount.ToWorkflow));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void D29_An_implied_start_is_no_later_than_its_first_step()
    {
        _w.Report(StepEnd("s1", at: Begin));
        _w.Report(StepStart("s1", at: Begin.AddSeconds(-9)));

        Assert.Equal(Begin.AddSeconds(-9), _w.S.StartedAt);
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void A_kill_past_the_deadline_is_a_timeout_and_an_unrequested_cancel_has_the_cause_reported()
    {
        _w.Create(W1, new() { Workflow = "import", TimeoutSeconds = 10 });
        _w.Now += TimeSpan.FromSeconds(10);
        _w.Report(End(Outcome.Kill));
        Assert.Equal((ExecutionStatus.Killed, FinalizationPath.ForceFailed, Cause.Timeout), (_w.S.Status, _w.S.Path, _w.S.Cause));

        var other = new World();
        other.Create(W1);
        other.Report(End(Outcome.Cancel));
        Assert.Equal((ExecutionStatus.Cancelled, FinalizationPath.Cancelled, Cause.Reported), (other.S.Status, other.S.Path, other.S.Cause));
    }

    [Fact]
    public void One_of_a_hundred_places_for_rejections_is_reserved_for_a_refused_end()
    {
        _w.Create(W1);
        for (var i = 0; i < 150; i++)
        {
            _w.Report(Refused("log"), id: $"bad{i}");
        }

        Assert.Equal(99, _w.S.RejectionCount);
        _w.Report(RefusedEnd(), id: "end");
        Assert.Equal((100, 151L), (_w.S.RejectionCount, _w.S.RejectedCount));
        Assert.Equal("execution.completed", _w.Effects.OfType<Effect.Rejection>().Last().Type);
    }

    [Fact]
    public void A_fenced_workers_end_does_not_use_the_place_reserved_for_a_refused_end()
    {
        _w.Create(W1);
        _w.Judge(TimeSpan.FromMinutes(2));
        _w.Requeue();
        _w.Report(Start(W2));
        for (var i = 0; i < 99; i++)
        {
            _w.Report(Refused("log"), id: $"bad{i}");
        }

        _w.Report(End(), epoch: 1, id: "old");
        _w.Report(RefusedEnd(), id: "end");

        Assert.Equal((100, "end"), (_w.S.RejectionCount, _w.Effects.OfType<Effect.Rejection>().Last().EventId));
    }

    [Fact]
    public void An_end_that_was_refused_before_the_claim_does_not_affect_the_holder()
    {
        _w.Report(RefusedEnd());
        _w.Report(Start(W1));

        _w.Judge(TimeSpan.FromMinutes(2));

        Assert.Equal((ExecutionStatus.Lost, Cause.LostAfterStart), (_w.S.Status, _w.S.Cause));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void D25_A_start_after_the_end_fills_in_the_incarnation()
    {
        _w.Report(End() with { WorkerId = W1.WorkerId });
        _w.Report(Start(W1));

        Assert.Equal(W1, _w.S.Worker);
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void Log_lines_are_counted_by_epoch()
    {
        _w.Create(W1);
        _w.Report(new ExecutionEvent.Log { Message = "m", Level = Severity.Error });
        _w.Judge(TimeSpan.FromMinutes(2));
        _w.Requeue();

        Assert.Equal((0L, 0L), (_w.S.LogCount, _w.S.ErrorLogCount));
    }

    public static TheoryData<ExecutionEvent> Nameless => new()
    {
        new ExecutionEvent.ExecutionPaused(),
        new ExecutionEvent.ExecutionResumed(),
        StepStart("s1"),
        StepEnd("s1"),
        new ExecutionEvent.Log { Message = "m" },
        new ExecutionEvent.Heartbeat(),
    };

    [Theory]
    [MemberData(nameof(Nameless))]
    public void D22_Any_event_may_name_the_workflow_of_an_execution_without_one(ExecutionEvent @event)
    {
        Assert.Equal(Result.Applied, _w.Report(@event with { Workflow = "import", Namespace = "own" }).Result);

        Assert.Equal(("import", "own"), (_w.S.Workflow, _w.S.Namespace));
        Assert.Equal(1, _w.Effects.OfType<Effect.ChangeLiveCount>().Where(l => l.Workflow == "import").Sum(l => l.Delta));
        Assert.Equal(0, _w.Effects.OfType<Effect.ChangeLiveCount>().Where(l => l.Workflow == "unknown").Sum(l => l.Delta));
        _w.HistoryGivesTheState();
    }

    [Theory]
    [MemberData(nameof(Nameless))]
    public void D22_An_event_that_names_another_workflow_is_a_conflict_and_still_a_contact(ExecutionEvent @event)
    {
        _w.Create(W1);
        _w.Now += TimeSpan.FromSeconds(5);

        var decision = _w.Report(@event with { Workflow = "export" });

        Assert.Equal((Result.Rejected, Code.Conflict), (decision.Result, decision.Code));
        Assert.Equal(("import", _w.Now), (_w.S.Workflow, _w.S.LastContactAt));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void D22_A_step_completed_after_the_end_can_name_the_workflow_of_the_end_in_the_figures()
    {
        _w.Report(StepStart("s1"));
        _w.Report(End());

        Assert.Equal(Result.Applied, _w.Report(StepEnd("s1") with { Workflow = "import" }).Result);

        var recount = Assert.Single(_w.Effects.OfType<Effect.CorrectStatistics>());
        Assert.Equal(("unknown", "import"), (recount.FromWorkflow, recount.ToWorkflow));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void D22_Invalid_names_are_refused_and_omitted_from_a_heartbeat()
    {
        Assert.Equal(Code.InvalidEvent, _w.Report(new ExecutionEvent.Log { Message = "m", Workflow = string.Empty }).Code);
        var mended = FieldValidation.Normalize(new ExecutionEvent.Heartbeat { Workflow = "\0", Namespace = new string('n', 257), Progress = new(101, null) });
        Assert.Equal(new ExecutionEvent.Heartbeat { Progress = new(100, null) }, mended);
    }

    [Fact]
    public void D22_An_events_hash_includes_the_workflow_that_it_names_and_is_unchanged_without_one()
    {
        var log = new ExecutionEvent.Log { EventId = "e", Message = "m" };
        Assert.Equal(World.Hash(log), World.Hash(log with { Workflow = null }));
        Assert.NotEqual(World.Hash(log), World.Hash(log with { Workflow = "w" }));
        Assert.NotEqual(World.Hash(log with { Namespace = "w" }), World.Hash(log with { Workflow = "w" }));
    }

    [Fact]
    public void D22_An_ended_epoch_keeps_the_tracker_s_time_of_its_end()
    {
        _w.Create(W1, new() { Workflow = "import", MaxAttempts = 2 });
        _w.Now += TimeSpan.FromSeconds(5);
        _w.Report(End(Outcome.Fail) with { At = Begin.AddSeconds(1) });
        _w.Now += TimeSpan.FromSeconds(5);
        _w.Requeue();

        var epoch = Assert.Single(_w.S.Epochs);
        Assert.Equal((Begin.AddSeconds(1), Begin.AddSeconds(5)), (epoch.EndedAt, epoch.TrackerEndedAt));
        _w.HistoryGivesTheState();
    }
}
