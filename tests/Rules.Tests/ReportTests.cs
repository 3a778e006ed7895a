using System.Text;
using static ExecutionGrains.Rules.Tests.World;

namespace ExecutionGrains.Rules.Tests;

/// <summary>What events do to an execution: contacts, pauses, ends, late events and refused ones.</summary>
public sealed class ReportTests
{
    private readonly World _w = new();

    [Fact]
    public void A_repeated_event_is_a_contact_of_the_current_epoch_only()
    {
        _w.Create(W1);
        _w.Report(StepStart("s1"), id: "one");
        _w.Now += TimeSpan.FromSeconds(40);
        var rows = _w.S.HistorySequence;

        Assert.Equal(Result.Duplicate, _w.Report(StepStart("s1"), id: "one").Result);
        Assert.Equal((_w.Now, _w.Now.AddSeconds(60), rows), (_w.S.LastContactAt, _w.S.LeaseExpiresAt, _w.S.HistorySequence));

        _w.Report(End());
        var end = _w.Now;
        _w.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(Result.Duplicate, _w.Report(StepStart("s1"), id: "one").Result);
        Assert.Equal((end, null), (_w.S.LastContactAt, _w.S.LeaseExpiresAt));
    }

    [Fact]
    public void The_same_facts_under_a_new_id_are_a_contact_until_the_end()
    {
        _w.Create(W1);
        _w.Report(StepStart("s1"));
        _w.Now += TimeSpan.FromSeconds(40);
        Assert.Equal(Result.Duplicate, _w.Report(StepStart("s1")).Result);
        Assert.Equal(_w.Now, _w.S.LastContactAt);
    }

    [Fact]
    public void A_refused_end_of_a_finished_execution_or_of_another_epoch_marks_nothing()
    {
        _w.Create(W1);
        _w.Now += TimeSpan.FromSeconds(1);
        _w.Report(RefusedEnd(), epoch: 2);
        _w.Report(RefusedEnd(), epoch: 0);
        Assert.Equal((false, Begin), (_w.S.FinalReportRefused, _w.S.LastContactAt));

        _w.Report(End());
        var end = _w.Now;
        _w.Now += TimeSpan.FromSeconds(1);
        _w.Report(RefusedEnd());
        Assert.Equal((false, end, 3L), (_w.S.FinalReportRefused, _w.S.LastContactAt, _w.S.RejectedCount));
    }

    [Fact]
    public void A_refused_end_is_marked_for_the_epoch_and_a_refused_log_line_marks_nothing()
    {
        _w.Create(W1);
        _w.Report(Refused("log"));
        Assert.False(_w.S.FinalReportRefused);
        _w.Report(RefusedEnd());
        _w.Report(Refused("log"));
        _w.Report(StepStart("s1"));
        Assert.True(_w.S.FinalReportRefused);
    }

    [Fact]
    public void A_rejection_is_counted_and_stored_even_beyond_the_recorded_ones()
    {
        _w.Create(W1);
        _w.Suppose(s => s with { RejectionCount = 99 });

        var refused = _w.Report(Refused("log"));
        Assert.True(refused.MustStore);
        Assert.Empty(refused.Effects);
        Assert.Equal((1L, 99), (_w.S.RejectedCount, _w.S.RejectionCount));

        Assert.Single(_w.Report(RefusedEnd()).Effects.OfType<Effect.Rejection>());
        Assert.Empty(_w.Report(RefusedEnd()).Effects);
        Assert.Equal((3L, 100), (_w.S.RejectedCount, _w.S.RejectionCount));
    }

    [Fact]
    public void A_rejection_has_its_code_its_event_and_at_most_512_bytes_of_reason()
    {
        _w.Create(W1);
        var unknown = Refused("a.b") with { Code = Code.UnknownType, Message = new string('m', 1000), At = Begin.AddSeconds(-1) };
        _w.Report(unknown, epoch: 1, id: "x");

        var rejection = Assert.Single(_w.Effects.OfType<Effect.Rejection>());
        Assert.Equal(
            (Code.UnknownType, 1, "x", "a.b", Begin, 512),
            (rejection.Code, rejection.Epoch, rejection.EventId, rejection.Type, rejection.At, rejection.Message.Length));
        var row = _w.Effects.OfType<Effect.History>().Last();
        Assert.Equal(
            (Result.Rejected, Code.UnknownType, "x", "a.b", Begin.AddSeconds(-1), false),
            (row.Result, row.Code, row.EventId, row.Type, row.At, row.TakesEventId));
    }

    [Theory]
    [InlineData(-1, ExecutionStatus.Running)]
    [InlineData(0, ExecutionStatus.Paused)]
    [InlineData(1, ExecutionStatus.Paused)]
    [InlineData(null, ExecutionStatus.Paused)]
    public void A_resume_that_found_no_pause_cancels_an_earlier_one_but_none_of_the_same_time(int? seconds, ExecutionStatus expected)
    {
        _w.Create(W1);
        _w.Report(new ExecutionEvent.ExecutionResumed());

        var pause = _w.Report(new ExecutionEvent.ExecutionPaused { At = seconds is { } s ? Begin.AddSeconds(s) : null });

        Assert.Equal((Result.Applied, expected), (pause.Result, _w.S.Status));
        Assert.Equal(seconds == -1 ? null : Begin, _w.S.ResumedAt);
    }

    [Fact]
    public void A_pause_without_earlier_events_implies_the_start()
    {
        _w.Report(new ExecutionEvent.ExecutionPaused { Reason = "r" });

        Assert.Equal((ExecutionStatus.Paused, 1, Begin, Begin, false), (_w.S.Status, _w.S.Attempts, _w.S.StartedAt, _w.S.TrackerStartedAt, _w.S.StartReported));
        Assert.Equal((Begin, "r", FinalizationPath.Paused, Begin), (_w.S.PausedAt, _w.S.PausedReason, _w.S.Path, _w.S.LastContactAt));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void A_resume_without_earlier_events_implies_the_start()
    {
        _w.Report(new ExecutionEvent.ExecutionResumed());

        Assert.Equal((ExecutionStatus.Running, 1, Begin), (_w.S.Status, _w.S.Attempts, _w.S.StartedAt));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void A_pause_under_a_cancel_is_its_confirmed_end()
    {
        _w.Create(W1);
        _w.Cancel();
        _w.Report(new ExecutionEvent.ExecutionPaused());

        Assert.Equal((ExecutionStatus.Cancelled, FinalizationPath.Cancelled, Cause.CancelConfirmed, null), (_w.S.Status, _w.S.Path, _w.S.Cause, _w.S.Outcome));
    }

    [Fact]
    public void An_end_of_a_pause_leaves_no_pause_and_no_lease()
    {
        _w.Create(W1);
        _w.Report(new ExecutionEvent.ExecutionPaused { Reason = "r" });
        _w.Report(End());
        Assert.Equal((null, null, null, null), (_w.S.PausedAt, _w.S.PausedReason, _w.S.LeaseExpiresAt, _w.S.StoredLease));

        var other = new World();
        other.Create(W1);
        other.Report(End());
        Assert.Equal((null, null, null), (other.S.LeaseExpiresAt, other.S.StoredLease, Deadlines.DueAt(other.S, other.Settings)));
    }

    [Fact]
    public void An_end_keeps_its_cost_its_spans_its_worker_its_time_and_its_cut_payloads()
    {
        var large = Encoding.UTF8.GetBytes($"\"{new string('x', 70_000)}\"");
        _w.Report(StepEnd("s1") with { Cost = 1 });
        Assert.Equal(1, _w.S.Cost);
        _w.Now += TimeSpan.FromSeconds(9);
        _w.Report(End(Outcome.Fail) with { Cost = 7, TraceSpanCount = 3, WorkerId = "w", At = Begin.AddSeconds(5), Output = large, Error = "1"u8.ToArray() });

        Assert.Equal((7, 7, 3, new Worker("w", null)), (_w.S.Cost, _w.S.TotalCost, _w.S.TraceSpanCount, _w.S.Worker));
        Assert.Equal((Outcome.Fail, Begin.AddSeconds(5), _w.Now, _w.Now), (_w.S.Outcome, _w.S.EndedAt, _w.S.TrackerEndedAt, _w.S.LastContactAt));
        var final = Assert.Single(_w.Effects.OfType<Effect.FinalPayload>());
        Assert.Equal((1, (64 * 1024) + 3, "1"), (final.Epoch, final.Output!.Length, Encoding.UTF8.GetString(final.Error!)));
        Assert.Equal(
            new Effect.CountEndedEpoch(ExecutionStatus.Failed, Cause.Reported, _w.Now, TimeSpan.FromSeconds(5)),
            Assert.Single(_w.Effects.OfType<Effect.CountEndedEpoch>()));
        _w.HistoryGivesTheState();
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void A_final_payload_is_stored_if_the_end_has_an_output_or_an_error(bool output, bool error)
    {
        _w.Create(W1);
        _w.Report(End() with { Output = output ? "1"u8.ToArray() : null, Error = error ? "2"u8.ToArray() : null });

        Assert.Equal(output || error, _w.Effects.OfType<Effect.FinalPayload>().Any());
        Assert.Equal((FinalizationPath.Completed, null), (_w.S.Path, _w.S.CompletionFailure));
    }

    [Fact]
    public void An_end_without_a_start_counts_as_an_attempt_and_one_of_a_running_execution_does_not()
    {
        _w.Report(End());
        Assert.Equal((1, null), (_w.S.Attempts, _w.S.StartedAt));

        var other = new World();
        other.Create(W1);
        other.Report(End());
        Assert.Equal((1, W1), (other.S.Attempts, other.S.Worker));

        var claimed = new World();
        claimed.Create();
        claimed.Claim(W1);
        claimed.Report(End());
        Assert.Equal(1, claimed.S.Attempts);
    }

    [Theory]
    [InlineData(Outcome.Kill, 9, Cause.Reported)]
    [InlineData(Outcome.Kill, 10, Cause.Timeout)]
    [InlineData(Outcome.Fail, 10, Cause.Reported)]
    public void Only_a_kill_past_the_deadline_is_a_timeout(Outcome outcome, int after, Cause cause)
    {
        _w.Create(W1, new() { TimeoutSeconds = 10 });
        _w.Now += TimeSpan.FromSeconds(after);
        _w.Report(End(outcome));

        Assert.Equal((cause, FinalizationPath.ForceFailed), (_w.S.Cause, _w.S.Path));
    }

    [Theory]
    [InlineData(Outcome.Success, Cause.Reported, FinalizationPath.Completed)]
    [InlineData(Outcome.Kill, Cause.CancelConfirmed, FinalizationPath.Cancelled)]
    [InlineData(Outcome.Cancel, Cause.CancelConfirmed, FinalizationPath.Cancelled)]
    public void After_a_cancel_any_end_but_a_success_confirms_it(Outcome outcome, Cause cause, FinalizationPath path)
    {
        _w.Create(W1);
        _w.Cancel();
        _w.Report(End(outcome));

        Assert.Equal((cause, path, outcome), (_w.S.Cause, _w.S.Path, _w.S.Outcome));
    }

    [Fact]
    public void D41_log_lines_over_the_limit_share_one_record_with_the_time_of_the_first_and_the_end_is_stored()
    {
        _w.Create(W1);
        for (var i = 0; i < Limits.LogBytesMax / Limits.LogMessageBytesMax; i++)
        {
            Assert.Equal(Result.Applied, _w.Report(new ExecutionEvent.Log { Message = new string('m', Limits.LogMessageBytesMax) }, id: $"l{i}").Result);
        }

        var kept = _w.S.LogCount;
        for (var i = 0; i < 200; i++)
        {
            var refused = _w.Report(new ExecutionEvent.Log { Message = "over" }, id: $"over{i}");
            Assert.Equal((Result.Rejected, Code.LimitExceeded), (refused.Result, refused.Code));
        }

        Assert.Equal((kept + 1, 200L, 1), (_w.S.LogCount, _w.S.RejectedCount, _w.S.RejectionCount));
        Assert.Equal(("tracker", Severity.Warn), (_w.Effects.OfType<Effect.Log>().Last().Source, _w.Effects.OfType<Effect.Log>().Last().Level));
        Assert.Equal(kept + 1, _w.Effects.OfType<Effect.Log>().Count());
        Assert.Single(_w.Effects.OfType<Effect.Rejection>().Select(r => (r.Code, r.Epoch, r.EventId)).Distinct());
        Assert.Equal(Result.Applied, _w.Report(End(Outcome.Success)).Result);
        Assert.Equal(ExecutionStatus.Succeeded, _w.S.Status);
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void D41_an_epoch_has_100_000_log_lines()
    {
        _w.Create(W1);
        for (var i = 0; i < Limits.LogLineCountMax; i++)
        {
            _w.Report(new ExecutionEvent.Log { Message = "m" }, id: $"l{i}");
        }

        Assert.Equal((100_000L, 0L), (_w.S.LogCount, _w.S.RejectedCount));
        Assert.Equal(Code.LimitExceeded, _w.Report(new ExecutionEvent.Log { Message = "m" }, id: "over").Code);
    }

    [Fact]
    public void Log_lines_and_those_of_level_error_are_counted_and_a_long_one_is_cut()
    {
        _w.Create(W1);
        _w.Now += TimeSpan.FromSeconds(1);
        _w.Report(new ExecutionEvent.Log { Message = new string('m', 20_000), Level = Severity.Error, Source = "x", StepId = "s", At = Begin }, id: "l1");
        _w.Report(new ExecutionEvent.Log { Message = "m", Level = Severity.Warn }, id: "l2");

        Assert.Equal((2L, 1L), (_w.S.LogCount, _w.S.ErrorLogCount));
        var lines = _w.Effects.OfType<Effect.Log>().ToList();
        Assert.Equal(
            (16 * 1024, "l1", "x", "s", Begin, _w.Now, Severity.Error),
            (lines[0].Message.Length, lines[0].EventId, lines[0].Source, lines[0].StepId, lines[0].At, lines[0].TrackerAt, lines[0].Level));
        Assert.Equal((_w.Now, _w.S.HistorySequence), (lines[1].At, lines[1].Sequence));
    }

    [Fact]
    public void A_heartbeat_without_progress_keeps_the_last_one()
    {
        _w.Create(W1);
        _w.Report(new ExecutionEvent.Heartbeat { Progress = new(5, "m") });
        _w.Beat();

        Assert.Equal(new Progress(5, "m"), _w.S.Progress);
    }

    [Fact]
    public void A_heartbeat_for_another_epoch_is_refused_and_leaves_no_trace()
    {
        _w.Create(W1);
        Assert.Equal(Code.StaleEpoch, _w.Beat(epoch: 0).Code);
        Assert.Equal(Code.InvalidTransition, _w.Beat(epoch: 2).Code);
        Assert.Equal((0L, 0), (_w.S.RejectedCount, _w.S.RejectionCount));
    }

    [Fact]
    public void A_start_of_a_step_that_arrives_after_its_end_and_the_executions_is_applied()
    {
        _w.Create(W1);
        _w.Report(StepEnd("s1"));
        _w.Report(End());
        var contact = _w.S.LastContactAt;
        _w.Now += TimeSpan.FromSeconds(1);

        Assert.Equal(Result.Applied, _w.Report(StepStart("s1", "extract", Begin.AddSeconds(-5))).Result);

        Assert.Equal(("extract", StepStatus.Succeeded, ExecutionStatus.Succeeded), (_w.Steps[(1, "s1")].Block, _w.Steps[(1, "s1")].Status, _w.S.Status));
        Assert.Equal((0L, contact, 1), (_w.S.LateCount, _w.S.LastContactAt, _w.S.StepCount));
        Assert.Equal(Result.Late, _w.Report(StepStart("s2")).Result);
        Assert.Equal(Result.Late, _w.Report(StepStart("s1")).Result);
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void A_start_after_the_end_sets_the_worker_only_if_there_is_none()
    {
        _w.Report(End());
        _w.Report(Start(W1));
        Assert.Equal(W1, _w.S.Worker);

        var other = new World();
        other.Report(End() with { WorkerId = "worker-1" });
        other.Report(Start(W1));
        Assert.Equal("worker-1", other.S.Worker!.WorkerId);
        other.HistoryGivesTheState();
    }

    [Fact]
    public void A_start_after_the_end_is_applied_once_and_is_no_contact()
    {
        _w.Report(End());
        _w.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(Result.Applied, _w.Report(Start(W1) with { At = Begin.AddSeconds(-5) }).Result);
        Assert.Equal((Begin.AddSeconds(-5), true, _w.Now, Begin), (_w.S.StartedAt, _w.S.StartReported, _w.S.TrackerStartedAt, _w.S.LastContactAt));
        Assert.Equal(Result.Late, _w.Report(Start(W1)).Result);
    }

    [Fact]
    public void A_heartbeat_after_the_end_is_late_and_not_counted()
    {
        _w.Create(W1);
        _w.Report(End());
        var late = _w.Beat();

        Assert.Equal((Result.Late, Code.AlreadyFinished, false, 0L), (late.Result, late.Code, late.MustStore, _w.S.LateCount));
    }

    [Fact]
    public void A_hundred_late_events_are_kept_as_evidence_and_further_ones_are_counted_and_stored_as_a_number()
    {
        _w.Create(W1);
        _w.Report(End());
        _w.Suppose(s => s with { EvidenceCount = 99, LateCount = 99 });
        _w.Report(new ExecutionEvent.Log { Message = "m", At = Begin.AddSeconds(-1) }, id: "l1");
        var evidence = Assert.Single(_w.Effects.OfType<Effect.Evidence>());
        Assert.Equal(
            (100, 1, "l1", "log", Begin.AddSeconds(-1), Begin),
            (evidence.Number, evidence.Epoch, evidence.EventId, evidence.Type, evidence.At, evidence.TrackerAt));
        var version = _w.S.Version;

        var beyond = _w.Report(End());

        Assert.True(beyond.MustStore);
        Assert.Empty(beyond.Effects);
        Assert.Equal((100, 101L, version + 1), (_w.S.EvidenceCount, _w.S.LateCount, _w.S.Version));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Evidence_contains_a_steps_input_and_output_only_if_the_execution_is_traced(bool traced)
    {
        _w.Create(W1, new() { Workflow = "import", ExplicitTrace = traced ? true : null });
        _w.Judge(TimeSpan.FromMinutes(5));
        _w.Report(StepStart("s1") with { Input = "\"private-1\""u8.ToArray() });
        _w.Report(StepEnd("s1") with { Input = "\"private-2\""u8.ToArray(), Output = "\"private-3\""u8.ToArray(), Error = "\"error\""u8.ToArray() });

        var kept = string.Concat(_w.Effects.OfType<Effect.Evidence>().Select(e => Encoding.UTF8.GetString(e.Payload)));
        Assert.All(["private-1", "private-2", "private-3"], secret => Assert.Equal(traced, kept.Contains(secret)));
        Assert.Contains("\"error\":\"error\"", kept);
        Assert.Equal(2, _w.S.EvidenceCount);
    }

    [Fact]
    public void Evidence_is_cut_to_ten_KiB()
    {
        _w.Create(W1);
        _w.Report(End());
        _w.Report(new ExecutionEvent.Log { Message = new string('m', 16_000) });

        Assert.Equal(10_240, System.Text.Json.JsonSerializer.Deserialize<string>(Assert.Single(_w.Effects.OfType<Effect.Evidence>()).Payload)!.Length);
    }

    [Fact]
    public void Only_the_first_late_event_after_lost_is_a_figure()
    {
        _w.Create(W1);
        _w.Report(End());
        _w.Report(End(Outcome.Fail));
        Assert.Empty(_w.Effects.OfType<Effect.ChangeStatistic>());

        var lost = new World();
        lost.Create(W1);
        lost.Judge(TimeSpan.FromMinutes(5));
        lost.Report(End());
        lost.Report(End(Outcome.Fail));
        Assert.Equal(new Effect.ChangeStatistic(FigureKind.LateAfterLost, null, 1, lost.Now), Assert.Single(lost.Effects.OfType<Effect.ChangeStatistic>()));
    }

    [Fact]
    public void Every_refusal_has_a_reason()
    {
        _w.Create(W1);
        _w.Report(StepStart("s1"), id: "one");
        _w.Report(StepEnd("s2"));
        var messages = new[]
        {
            _w.Report(StepStart("s1"), epoch: 0), _w.Report(StepStart("s9"), epoch: 2), _w.Report(StepStart("s9"), id: "one"),
            _w.Report(Start(W2)), _w.Report(Refused("log")),
            _w.Report(StepStart("s1", "other")), _w.Report(StepEnd("s2", StepOutcome.Fail)),
        }.Select(d => d.Message);

        Assert.Equal(
            [
                "The execution is in epoch 1.", "The execution is in epoch 1; epoch 2 does not exist yet.", "Another event has this id; the first stands.",
                "Another worker or incarnation holds the claim.", "refused for its content", "The step started already, with other facts.",
                "The step ended already, with other facts.",
            ],
            messages);
    }
}
