using static ExecutionGrains.Rules.Tests.World;

namespace ExecutionGrains.Rules.Tests;

/// <summary>S42: replaying the history gives the live state. <see cref="ModelTests"/> checks this for random histories.</summary>
public sealed class ReplayTests
{
    private readonly World _w = new();

    [Fact]
    public void S42_A_long_history_omits_only_what_is_counted_and_not_stored()
    {
        _w.Create(W1);
        for (var i = 0; i < 150; i++)
        {
            _w.Report(new ExecutionEvent.Unreadable { Code = Code.InvalidEvent, Message = "m", ClaimedType = "log" }, id: $"bad{i}");
            _w.Report(new ExecutionEvent.Unreadable { Code = Code.InvalidEvent, Message = "m", ClaimedType = "log" }, id: $"bad{i}");
        }

        _w.Report(End());
        for (var i = 0; i < 150; i++)
        {
            _w.Report(End(Outcome.Fail));
        }

        Assert.Equal((99, 300L, 100, 150L), (_w.S.RejectionCount, _w.S.RejectedCount, _w.S.EvidenceCount, _w.S.LateCount));
        _w.HistoryGivesTheState();
        var told = Replay.WithoutUnrecorded(_w.S);
        Assert.Equal((50, 201), (_w.S.Version - told.Version, _w.S.RejectedCount - told.RejectedCount));
    }

    [Fact]
    public void S42_Values_that_only_a_heartbeat_reported_do_not_change_the_replay()
    {
        _w.Create();
        _w.Claim(W1);
        _w.Now += TimeSpan.FromSeconds(25);
        _w.Beat();
        _w.Judge(TimeSpan.FromSeconds(45));
        Assert.Equal(ExecutionStatus.Claimed, _w.S.Status);
        _w.Judge(TimeSpan.FromSeconds(45));

        Assert.Equal((ExecutionStatus.Lost, Cause.LostAfterClaim), (_w.S.Status, _w.S.Cause));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void S42_A_history_with_a_missing_row_is_refused_with_its_position()
    {
        _w.Create(W1);
        _w.Report(StepStart("s1"));
        _w.Report(End());
        var rows = _w.Effects.OfType<Effect.History>().Where(h => h.Sequence != 3).ToList();
        var replay = new Replay(new ExecutionId("e"));
        replay.Add(rows[0]);
        replay.Add(rows[1]);

        var refused = Assert.Throws<ReplayException>(() => replay.Add(rows[2]));

        Assert.Equal((4L, 3L), (refused.Row.Sequence, refused.Expected!.Sequence));
    }

    [Fact]
    public void S42_No_row_contains_an_input_output_error_or_message()
    {
        var secret = "\"the-secret\""u8.ToArray();
        _w.Create(W1, new() { Workflow = "import", ExplicitTrace = true });
        _w.Report(StepStart("s1") with { Input = secret });
        _w.Report(StepEnd("s1", StepOutcome.Fail) with { Input = secret, Output = secret, Error = secret });
        _w.Report(new ExecutionEvent.Log { Message = "the-secret" });
        _w.Report(End(Outcome.Fail) with { Output = secret, Error = secret });
        _w.Report(End() with { Output = secret });

        Assert.Equal(7, _w.S.HistorySequence);
        Assert.All(_w.Effects.OfType<Effect.History>(), h => Assert.Equal(-1, h.Facts.AsSpan().IndexOf("the-secret"u8)));
    }

    [Fact]
    public void A_trace_requested_by_a_refused_or_repeated_event_is_neither_recorded_nor_counted()
    {
        _w.Create(W1);
        _w.Report(StepStart("s1"));
        Assert.Equal(Result.Duplicate, _w.Report(StepStart("s1"), trace: true).Result);
        Assert.Equal(Result.Rejected, _w.Report(StepStart("s1", "another"), trace: true).Result);
        _w.Report(new ExecutionEvent.Heartbeat(), trace: true);
        Assert.False(_w.S.IsTraced);

        Assert.Equal(Result.Applied, _w.Report(StepStart("s2") with { Input = "1"u8.ToArray() }, trace: true).Result);

        Assert.True(_w.S.IsTraced);
        Assert.NotNull(_w.Steps[(1, "s2")].Input);
        _w.HistoryGivesTheState();
    }
}
