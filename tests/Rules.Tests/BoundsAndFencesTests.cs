using static ExecutionGrains.Rules.Tests.World;

namespace ExecutionGrains.Rules.Tests;

/// <summary>Gaps that a first review of the rules found.</summary>
public sealed class BoundsAndFencesTests
{
    private readonly World _w = new();

    [Fact]
    public void The_first_contact_after_a_claim_is_stored_and_the_second_need_not_be()
    {
        _w.Create();
        _w.Claim(W1);

        Assert.True(_w.Beat().MustStore);
        Assert.False(_w.Beat().MustStore);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_lease_that_a_running_execution_gets_later_starts_then(bool claimed)
    {
        _w.Report(StepStart("s"));
        if (claimed)
        {
            _w.Report(Start(W1));
        }

        _w.Now += TimeSpan.FromSeconds(1);
        Assert.True(_w.Create(facts: new() { Workflow = "import", HeartbeatTimeoutSeconds = 10 }).MustStore);

        Assert.Equal(_w.Now.AddSeconds(10) + _w.Settings.DeadlineGrace, Deadlines.DueAt(_w.S, _w.Settings));
        _w.Judge(TimeSpan.FromSeconds(11) + _w.Settings.DeadlineGrace);
        Assert.Equal((ExecutionStatus.Lost, Cause.LostAfterStart), (_w.S.Status, _w.S.Cause));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void A_running_execution_that_is_reported_to_have_no_lease_is_not_lost()
    {
        _w.Create(W1);
        Assert.True(_w.Create(facts: new() { Workflow = "import", HeartbeatTimeoutSeconds = 0 }).MustStore);

        Assert.Null(Deadlines.DueAt(_w.S, _w.Settings));
        _w.Judge(TimeSpan.FromHours(1));
        Assert.Equal(ExecutionStatus.Running, _w.S.Status);
    }

    [Fact]
    public void A_heartbeat_after_a_refused_final_report_is_a_contact_but_silence_is_still_report_rejected()
    {
        _w.Create(W1);
        _w.Report(RefusedEnd());
        _w.Now += TimeSpan.FromSeconds(50);

        Assert.Equal(Result.Applied, _w.Beat().Result);
        _w.Judge(TimeSpan.FromSeconds(60));
        Assert.Equal(ExecutionStatus.Running, _w.S.Status);
        _w.Judge(TimeSpan.FromMinutes(5));
        Assert.Equal((ExecutionStatus.Exception, Cause.ReportRejected), (_w.S.Status, _w.S.Cause));
    }

    [Fact]
    public void The_labels_of_all_events_together_are_bounded()
    {
        _w.Create(W1, Labelled(0, 32));

        Assert.Equal(Code.LimitExceeded, _w.Report(Start() with { Facts = Labelled(32, 1) }).Code);
        Assert.Equal(Code.LimitExceeded, _w.Report(End() with { Facts = Labelled(32, 1) }).Code);
        Assert.Equal(Code.LimitExceeded, _w.Create(facts: Labelled(32, 1)).Code);
        Assert.Equal((32, ExecutionStatus.Running), (_w.S.Facts.Labels!.Count, _w.S.Status));
    }

    [Fact]
    public void An_event_over_a_bound_is_invalid_over_every_interface()
    {
        _w.Create(W1);
        var name = new string('x', 257);
        ExecutionEvent[] over =
        [
            StepStart(name), StepStart("s", name), StepStart(""), StepEnd(name), StepEnd("s") with { Cost = -1 }, StepEnd("s") with { Cost = decimal.MaxValue },
            new ExecutionEvent.Log { Message = "m", Source = name }, Start(new Worker(name, null)), Start() with { Facts = new() { Workflow = name } },
            End() with { Cost = decimal.MaxValue },
            StepStart("s", "b\u0007"), StepEnd("s") with { MemoryBytes = -1 }, End() with { TraceSpanCount = -1 },
            Start() with { Facts = new() { HeartbeatTimeoutSeconds = -1 } },
            Start() with { Facts = new() { MaxAttempts = 0 } }, Start() with { Facts = new() { TimeoutSeconds = 0 } },
            Start() with { Facts = new() { ParentExecutionId = "no id" } },
        ];

        Assert.All(over, e => Assert.Equal(Code.InvalidEvent, _w.Report(e).Code));
        Assert.Equal(ExecutionStatus.Running, _w.S.Status);
        Assert.Equal(Result.Applied, _w.Report(StepEnd("s") with { Cost = 0.5m }).Result);
    }

    [Fact]
    public void A_name_has_256_characters_of_which_a_surrogate_pair_is_one()
    {
        var longest = string.Concat(Enumerable.Repeat("😀", 256));

        Assert.Equal(Result.Applied, _w.Report(StepStart(longest, longest)).Result);
        Assert.Equal(Code.InvalidEvent, _w.Report(StepStart(longest + "x")).Code);
    }

    [Fact]
    public void An_event_whose_namespace_is_out_of_bounds_creates_no_execution()
    {
        _w.Report(Start() with { Facts = new() { Namespace = new string('n', 257) } });

        Assert.Equal("default", _w.S.Namespace);
    }

    [Fact]
    public void A_second_cancel_of_an_execution_that_ended_by_itself_is_refused()
    {
        _w.Create(W1);
        _w.Cancel();
        _w.Report(End());

        Assert.Equal((ExecutionStatus.Succeeded, Code.AlreadyFinished), (_w.S.Status, _w.Cancel().Code));
    }

    [Fact]
    public void A_late_resume_does_not_let_an_overtaken_pause_apply()
    {
        _w.Create(W1);
        _w.Report(new ExecutionEvent.ExecutionResumed { At = Begin.AddSeconds(20) });
        _w.Report(new ExecutionEvent.ExecutionResumed { At = Begin.AddSeconds(10) });
        _w.Report(new ExecutionEvent.ExecutionPaused { At = Begin.AddSeconds(15) });

        Assert.Equal(ExecutionStatus.Running, _w.S.Status);
    }

    [Fact]
    public void Late_reports_of_a_lost_epoch_count_once()
    {
        for (var epoch = 1; epoch <= 2; epoch++)
        {
            _w.Create(W1);
            _w.Judge(TimeSpan.FromMinutes(5));
            _w.Report(End());
            _w.Report(End());
            _w.Requeue();
            _w.Claim(W1);
            _w.Report(Start(W1));
        }

        Assert.Equal(2, _w.Effects.OfType<Effect.ChangeStatistic>().Count(f => f.Kind == FigureKind.LateAfterLost));
    }

    [Fact]
    public void A_token_is_valid_for_its_own_epoch_only()
    {
        _w.Create(W1);
        Assert.Equal(Code.InvalidTransition, Told(epoch: 2, token: 1).Code);
        _w.Judge(TimeSpan.FromMinutes(5));
        _w.Requeue();

        Assert.Equal(Code.StaleEpoch, Told(epoch: 2, token: 1).Code);
        Assert.Equal(Code.StaleEpoch, Told(epoch: 1, token: 1).Code);
        Assert.Equal(Result.Applied, Told(epoch: 2, token: 2).Result);
    }

    [Fact]
    public void A_worker_past_its_timeout_in_an_outage_is_not_told_to_stop_before_one_lease_after_it()
    {
        _w.Create(W1, new() { Workflow = "import", TimeoutSeconds = 600 });
        var outage = new Outage(Begin.AddSeconds(30), Begin.AddHours(1));

        Assert.False(Deadlines.IsPastTimeout(_w.S, [outage], outage.To.AddSeconds(59)));
        Assert.True(Deadlines.IsPastTimeout(_w.S, [outage], outage.To.AddSeconds(60)));
        Assert.True(Deadlines.IsPastTimeout(_w.S, [], Begin.AddSeconds(600)));
    }

    private Decision Told(int epoch, int token)
    {
        var e = StepStart($"s{epoch}{token}{_w.S.HistorySequence}") with { EventId = $"told-{_w.S.HistorySequence}-{epoch}" };
        return _w.Do(new Command.ApplyEvent(e, epoch, Hash(e), "tests", "default") { TokenEpoch = token });
    }

    private static ExecutionFacts Labelled(int first, int count) =>
        new() { Workflow = "import", Labels = Enumerable.Range(first, count).ToDictionary(i => $"l{i}", i => "v") };
}
