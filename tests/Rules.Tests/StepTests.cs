using System.Text;
using static ExecutionGrains.Rules.Tests.World;

namespace ExecutionGrains.Rules.Tests;

/// <summary>Steps: their rows, counters and markers.</summary>
public sealed class StepTests
{
    private readonly World _w = new();

    [Fact]
    public void A_second_start_or_end_with_other_facts_is_a_conflict_and_the_first_is_kept()
    {
        _w.Create(W1);
        _w.Report(StepStart("s1"));
        Assert.Equal(Code.Conflict, _w.Report(StepStart("s1", "load")).Code);
        _w.Report(StepEnd("s1"));
        Assert.Equal(Code.Conflict, _w.Report(StepEnd("s1", StepOutcome.Fail)).Code);
        Assert.Equal(Result.Duplicate, _w.Report(StepEnd("s1")).Result);

        Assert.Equal(("extract", StepStatus.Succeeded), (_w.Steps[(1, "s1")].Block, _w.Steps[(1, "s1")].Status));
        Assert.Equal((1, 0, 0), (_w.S.StepCount, _w.S.OpenStepCount, _w.S.FailedStepCount));
    }

    [Fact]
    public void Ten_thousand_steps_may_be_open_and_an_end_does_not_open_one()
    {
        _w.Create(W1);
        _w.Suppose(s => s with { OpenStepCount = 9_999 });
        Assert.Equal(Result.Applied, _w.Report(StepStart("s1")).Result);

        var refused = _w.Report(StepStart("s2"));

        Assert.Equal((Code.LimitExceeded, "10,000 steps are open.", 10_000), (refused.Code, refused.Message, _w.S.OpenStepCount));
        Assert.Equal(Result.Applied, _w.Report(StepEnd("s3")).Result);
        Assert.Equal(Result.Applied, _w.Report(StepEnd("s1")).Result);
        Assert.Equal(Result.Applied, _w.Report(StepStart("s3")).Result);
        Assert.Equal(Result.Applied, _w.Report(StepStart("s2")).Result);
    }

    [Fact]
    public void An_execution_has_a_million_steps_over_all_its_epochs()
    {
        _w.Create(W1);
        _w.Suppose(s => s with { StepSequence = 999_999 });
        Assert.Equal(Result.Applied, _w.Report(StepStart("s1")).Result);

        foreach (ExecutionEvent e in (ExecutionEvent[])[StepStart("s2"), StepEnd("s2")])
        {
            var refused = _w.Report(e);
            Assert.Equal((Code.LimitExceeded, "The execution has 1,000,000 steps."), (refused.Code, refused.Message));
        }

        Assert.Equal(Result.Applied, _w.Report(StepEnd("s1")).Result);
        Assert.Equal((1_000_000, 1), (_w.S.StepSequence, _w.S.StepCount));
        Assert.Equal(Result.Applied, _w.Report(End()).Result);
    }

    [Theory]
    [InlineData(StepOutcome.Success, StepStatus.Succeeded, 0, StepStatus.Succeeded)]
    [InlineData(StepOutcome.Skip, StepStatus.Skipped, 0, StepStatus.Skipped)]
    [InlineData(StepOutcome.Compensate, StepStatus.Compensated, 0, StepStatus.Compensated)]
    [InlineData(StepOutcome.Cancel, StepStatus.Cancelled, 0, StepStatus.Cancelled)]
    [InlineData(StepOutcome.Fail, StepStatus.Failed, 1, StepStatus.Cancelled)]
    [InlineData(StepOutcome.Crash, StepStatus.Crashed, 1, StepStatus.Cancelled)]
    [InlineData(StepOutcome.Kill, StepStatus.Killed, 1, StepStatus.Cancelled)]
    [InlineData(StepOutcome.Exception, StepStatus.Exception, 1, StepStatus.Cancelled)]
    public void An_outcome_maps_to_a_status_and_a_failure_and_differently_under_a_cancel(
        StepOutcome outcome, StepStatus status, int failures, StepStatus underCancel)
    {
        _w.Create(W1);
        _w.Report(StepEnd("s1", outcome));
        Assert.Equal((status, failures, outcome == StepOutcome.Success), (_w.Steps[(1, "s1")].Status, _w.S.FailedStepCount, _w.S.LastCompleted!.Success));

        _w.Cancel();
        _w.Report(StepEnd("s2", outcome));
        Assert.Equal((underCancel, failures), (_w.Steps[(1, "s2")].Status, _w.S.FailedStepCount));
    }

    [Fact]
    public void The_costs_of_the_steps_add_up()
    {
        _w.Create(W1);
        Assert.Null(_w.S.Cost);
        _w.Report(StepEnd("s1") with { Cost = 1.5m, MemoryBytes = 7 });
        _w.Report(StepEnd("s2") with { Cost = 2 });
        _w.Report(StepEnd("s3"));

        Assert.Equal((3.5m, 1.5m, 7L, null), (_w.S.Cost, _w.Steps[(1, "s1")].Cost, _w.Steps[(1, "s1")].MemoryBytes, _w.Steps[(1, "s3")].Cost));
    }

    [Theory]
    [InlineData(ExecutionStatus.Succeeded, StepStatus.Incomplete, Result.Applied)]
    [InlineData(ExecutionStatus.Failed, StepStatus.Incomplete, Result.Applied)]
    [InlineData(ExecutionStatus.Cancelled, StepStatus.Cancelled, Result.Late)]
    [InlineData(ExecutionStatus.Lost, StepStatus.Lost, Result.Late)]
    public void An_open_step_is_closed_as_its_execution_ended_and_its_own_end_replaces_only_an_incomplete_one(
        ExecutionStatus ended, StepStatus closed, Result late)
    {
        _w.Create(W1);
        _w.Report(StepStart("s1"));
        _ = ended switch
        {
            ExecutionStatus.Lost => _w.Judge(TimeSpan.FromMinutes(5)),
            ExecutionStatus.Succeeded => _w.Report(End() with { At = Begin.AddSeconds(3) }),
            _ => _w.Report(End(ended == ExecutionStatus.Failed ? Outcome.Fail : Outcome.Cancel) with { At = Begin.AddSeconds(3) }),
        };
        var contact = _w.S.LastContactAt;
        var end = _w.Steps[(1, "s1")];
        Assert.Equal(
            (closed, 0, ended == ExecutionStatus.Lost ? _w.Now : Begin.AddSeconds(3), _w.Now),
            (end.Status, _w.S.OpenStepCount, end.EndedAt, end.TrackerEndedAt));
        _w.Now += TimeSpan.FromSeconds(9);

        Assert.Equal(late, _w.Report(StepEnd("s1", StepOutcome.Fail) with { Cost = 2 }).Result);

        Assert.Equal((ended, contact, null), (_w.S.Status, _w.S.LastContactAt, _w.S.LeaseExpiresAt));
        Assert.Equal(
            late == Result.Applied ? (StepStatus.Failed, 1, 2, "s1") : (closed, 0, 0, null),
            (_w.Steps[(1, "s1")].Status, _w.S.FailedStepCount, _w.S.StepCost, _w.S.LastCompleted?.StepId));
        Assert.Equal(0, _w.S.OpenStepCount);
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void No_step_is_closed_if_none_is_open()
    {
        _w.Create(W1);
        _w.Report(StepEnd("s1"));
        _w.Report(End());

        Assert.Empty(_w.Effects.OfType<Effect.CloseOpenSteps>());
    }

    [Fact]
    public void A_start_after_its_end_keeps_the_ends_fields_and_fills_the_missing_ones()
    {
        _w.Create(W1, new() { ExplicitTrace = true });
        _w.Report(StepEnd("s1") with { Block = "load", BlockType = "http", ParentStepId = "p", Input = "1"u8.ToArray(), At = Begin });
        _w.Report(StepEnd("s2") with { At = Begin });
        Assert.Equal(("unknown", null), (_w.Steps[(1, "s2")].Block, _w.Steps[(1, "s2")].BlockType));
        _w.Now += TimeSpan.FromSeconds(9);

        foreach (var (step, block, type, parent, input) in new[] { ("s1", "load", "http", "p", "1"), ("s2", "extract", "sql", "q", "2") })
        {
            var start = StepStart(step) with { BlockType = "sql", ParentStepId = "q", Input = "2"u8.ToArray() };
            Assert.Equal(Result.Applied, _w.Report(start).Result);
            Assert.Equal(Result.Duplicate, _w.Report(start).Result);
            var row = _w.Steps[(1, step)];
            Assert.Equal((block, type, parent, input), (row.Block, row.BlockType, row.ParentStepId, Encoding.UTF8.GetString(row.Input!)));
            Assert.Equal((Begin, Begin, Begin, Begin), (row.StartedAt, row.EndedAt, row.TrackerStartedAt, row.TrackerEndedAt));
        }

        _w.HistoryGivesTheState();
    }

    [Fact]
    public void The_end_of_a_started_step_overrides_its_fields_and_missing_ones_are_kept()
    {
        _w.Create(W1, new() { ExplicitTrace = true });
        _w.Report(StepStart("s1") with { BlockType = "sql", ParentStepId = "q", Input = "1"u8.ToArray() });
        _w.Report(StepStart("s2") with { BlockType = "sql", ParentStepId = "q", Input = "1"u8.ToArray() });
        _w.Report(StepEnd("s1"));
        var payloads = StepEnd("s2") with { Input = "2"u8.ToArray(), Output = "3"u8.ToArray(), Error = "4"u8.ToArray() };
        _w.Report(payloads with { Block = "load", BlockType = "http", ParentStepId = "p" });

        var (kept, said) = (_w.Steps[(1, "s1")], _w.Steps[(1, "s2")]);
        Assert.Equal(("extract", "sql", "q", "1", 1), (kept.Block, kept.BlockType, kept.ParentStepId, Encoding.UTF8.GetString(kept.Input!), kept.Sequence));
        Assert.Equal(("load", "http", "p", "2", 2), (said.Block, said.BlockType, said.ParentStepId, Encoding.UTF8.GetString(said.Input!), said.Sequence));
        Assert.Equal(("3", "4"), (Encoding.UTF8.GetString(said.Output!), Encoding.UTF8.GetString(said.Error!)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Input_and_output_are_stored_only_for_a_traced_execution_and_an_error_always(bool traced)
    {
        _w.Create(W1, new() { ExplicitTrace = traced });
        _w.Report(StepStart("s1") with { Input = "1"u8.ToArray() });
        Assert.Equal(traced, _w.Steps[(1, "s1")].Input is not null);
        _w.Report(StepEnd("s2") with { Input = "1"u8.ToArray(), Output = "1"u8.ToArray(), Error = "1"u8.ToArray() });
        Assert.Equal(
            (traced, traced, true),
            (_w.Steps[(1, "s2")].Input is not null, _w.Steps[(1, "s2")].Output is not null, _w.Steps[(1, "s2")].Error is not null));
        _w.Report(StepEnd("s3"));
        _w.Report(StepStart("s3") with { Input = "1"u8.ToArray() });
        Assert.Equal(traced, _w.Steps[(1, "s3")].Input is not null);
    }

    [Fact]
    public void Input_and_output_are_cut_to_ten_KiB_and_an_error_to_64_and_the_escaped_quotes_of_the_cut_text_are_not_counted()
    {
        var large = Encoding.UTF8.GetBytes($"\"{new string('x', 70_000)}\"");
        _w.Create(W1, new() { ExplicitTrace = true });
        _w.Report(StepEnd("s1") with { Input = large, Output = large, Error = large });

        var row = _w.Steps[(1, "s1")];
        Assert.Equal((10_243, 10_243, 65_539), (row.Input!.Length, row.Output!.Length, row.Error!.Length));
    }

    [Theory]
    [InlineData(-1, "s1")]
    [InlineData(0, "s2")]
    [InlineData(1, "s2")]
    public void Each_marker_is_replaced_by_a_later_time_and_by_the_same_millisecond(int milliseconds, string last)
    {
        _w.Create(W1);
        _w.Now += TimeSpan.FromSeconds(9);
        var first = Begin.AddMilliseconds(5);
        _w.Report(StepStart("s1", at: first.AddTicks(5)));
        _w.Report(StepEnd("s1", at: first.AddTicks(5)));

        // Within its millisecond the second one is earlier, which must not matter.
        _w.Report(StepStart("s2", at: first.AddMilliseconds(milliseconds)));
        Assert.Equal((last, Begin.AddMilliseconds(5).AddTicks(milliseconds > 0 ? 10_000 : 5)), (_w.S.LastStarted!.StepId, _w.S.LastStarted.At));
        _w.Report(StepEnd("s2", StepOutcome.Fail, first.AddMilliseconds(milliseconds)));
        Assert.Equal((last, last == "s1"), (_w.S.LastCompleted!.StepId, _w.S.LastCompleted.Success));
        Assert.Equal(_w.Steps[(1, last)].EndedAt, _w.S.LastCompleted.EndedAt);
    }

    [Fact]
    public void Until_a_start_is_reported_the_last_completed_block_counts_as_the_last_started()
    {
        _w.Create(W1);
        _w.Report(StepEnd("s1") with { Block = "load" });
        Assert.Equal(
            ("s1", "load", true, null, null),
            (_w.S.LastStarted!.StepId, _w.S.LastStarted.Block, _w.S.LastStarted.IsImplied, _w.S.LastStarted.EndedAt, _w.S.LastStarted.Success));
        _w.Report(StepEnd("s2") with { Block = "store" });
        Assert.Equal("store", _w.S.LastStarted!.Block);

        _w.Report(StepStart("s3", at: Begin.AddDays(-9)));
        Assert.Equal(("s3", false), (_w.S.LastStarted!.StepId, _w.S.LastStarted.IsImplied));
        _w.Report(StepEnd("s4"));
        Assert.Equal("s3", _w.S.LastStarted!.StepId);
        _w.Report(StepEnd("s3") with { Block = "renamed", BlockType = "sql" });
        Assert.Equal(("renamed", "sql", null), (_w.S.LastStarted!.Block, _w.S.LastStarted.BlockType, _w.S.LastStarted.EndedAt));
    }

    [Fact]
    public void A_step_event_starts_the_execution_and_an_earlier_one_moves_an_implied_start_back_even_after_the_end()
    {
        _w.Now += TimeSpan.FromSeconds(100);
        _w.Report(StepEnd("s1", at: Begin.AddSeconds(50)));
        Assert.Equal((ExecutionStatus.Running, Begin.AddSeconds(50), 1), (_w.S.Status, _w.S.StartedAt, _w.S.Attempts));
        _w.Report(StepEnd("s2", at: Begin.AddSeconds(60)));
        Assert.Equal(Begin.AddSeconds(50), _w.S.StartedAt);
        _w.Report(StepEnd("s3", at: Begin.AddSeconds(40)));
        Assert.Equal(Begin.AddSeconds(40), _w.S.StartedAt);
        _w.Report(End() with { At = Begin.AddSeconds(90) });

        _w.Report(StepStart("s2", at: Begin.AddSeconds(45)));
        Assert.Equal(Begin.AddSeconds(40), _w.S.StartedAt);
        Assert.Empty(_w.Effects.OfType<Effect.CorrectStatistics>());
        _w.Report(StepStart("s3", at: Begin.AddSeconds(30)));

        Assert.Equal((Begin.AddSeconds(30), Begin.AddSeconds(90)), (_w.S.StartedAt, _w.S.EndedAt));
        var recount = Assert.Single(_w.Effects.OfType<Effect.CorrectStatistics>());
        Assert.Equal(
            (TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(60), _w.Now, ExecutionStatus.Succeeded),
            (recount.FromDuration, recount.ToDuration, recount.At, recount.Status));
        _w.HistoryGivesTheState();
    }
}
