using static ExecutionGrains.Rules.Tests.World;

namespace ExecutionGrains.Rules.Tests;

/// <summary>Creates, claims and starts.</summary>
public sealed class ClaimTests
{
    private readonly World _w = new();

    [Fact]
    public void A_claim_has_a_stored_lease_from_its_own_time_and_a_report_within_it_a_longer_one()
    {
        _w.Create();
        _w.Now += TimeSpan.FromSeconds(7);

        var claim = _w.Claim(W1);

        Assert.True(claim is { MustStore: true, HoldsClaim: true, Result: Result.Applied });
        Assert.Equal((_w.Now.AddSeconds(60), _w.Now.AddSeconds(60), _w.Now), (_w.S.LeaseExpiresAt, _w.S.StoredLease, _w.S.ClaimedAt));
        Assert.Equal((W1, false, ExecutionStatus.Claimed), (_w.S.Worker, _w.S.Followed, _w.S.Status));
    }

    [Theory]
    [InlineData("worker-1", "a", Result.Duplicate)]
    [InlineData("worker-1", null, Result.Duplicate)]
    [InlineData("worker-1", "b", Result.Rejected)]
    [InlineData("worker-2", "a", Result.Rejected)]
    public void Only_the_holder_in_its_own_incarnation_may_claim_again(string worker, string? incarnation, Result expected)
    {
        _w.Create();
        _w.Claim(W1);
        _w.Report(Start(W1));

        var again = _w.Claim(new Worker(worker, incarnation));

        Assert.Equal(
            (expected, expected == Result.Rejected ? Code.AlreadyClaimed : null, expected == Result.Duplicate),
            (again.Result, again.Code, again.HoldsClaim));
        var create = _w.Create(new Worker(worker, incarnation));
        Assert.Equal((expected, expected == Result.Duplicate), (create.Result, create.HoldsClaim));
        var start = _w.Report(Start(new Worker(worker, incarnation)));
        Assert.Equal((expected, expected == Result.Rejected ? Code.StaleEpoch : null), (start.Result, start.Code));
    }

    [Fact]
    public void An_incarnation_that_the_claim_did_not_name_is_filled_in_and_then_compared()
    {
        _w.Create();
        _w.Claim(W1 with { Incarnation = null });
        _w.Report(Start(W1));

        Assert.Equal(W1, _w.S.Worker);
        Assert.Equal(Code.StaleEpoch, _w.Report(Start(W1 with { Incarnation = "b" })).Code);
        Assert.Equal(Result.Duplicate, _w.Report(Start(W1 with { Incarnation = null })).Result);
        Assert.Equal(W1, _w.S.Worker);
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void A_repeated_claim_of_a_running_execution_is_a_contact_and_not_recorded()
    {
        _w.Create(W1);
        var rows = _w.S.HistorySequence;
        _w.Now += TimeSpan.FromSeconds(40);

        Assert.Equal(Result.Duplicate, _w.Claim(W1).Result);

        Assert.Equal((_w.Now, _w.Now.AddSeconds(60), rows), (_w.S.LastContactAt, _w.S.LeaseExpiresAt, _w.S.HistorySequence));
    }

    [Fact]
    public void A_repeated_claim_without_a_report_restarts_the_claim_timeout_and_is_recorded()
    {
        _w.Create();
        _w.Claim(W1 with { Incarnation = null });
        _w.Now += TimeSpan.FromSeconds(20);

        var again = _w.Claim(W1);

        Assert.True(again is { Result: Result.Duplicate, HoldsClaim: true, MustStore: true });
        Assert.Equal(
            (_w.Now, _w.Now, _w.Now.AddSeconds(60), _w.Now.AddSeconds(60)),
            (_w.S.ClaimedAt, _w.S.LastContactAt, _w.S.LeaseExpiresAt, _w.S.StoredLease));
        Assert.Equal((W1, false), (_w.S.Worker, _w.S.Followed));
        Assert.Equal(
            (Result.Duplicate, "execution.claimed"),
            (_w.Effects.OfType<Effect.History>().Last().Result, _w.Effects.OfType<Effect.History>().Last().Type));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void A_repeated_claim_after_a_contact_does_not_restart_the_claim_timeout()
    {
        _w.Create();
        _w.Claim(W1);
        _w.Beat();
        _w.Now += TimeSpan.FromSeconds(20);

        _w.Claim(W1);

        Assert.Equal((Begin, true, _w.Now), (_w.S.ClaimedAt, _w.S.Followed, _w.S.LastContactAt));
    }

    [Fact]
    public void A_create_call_that_fills_facts_is_applied_and_one_that_repeats_them_is_a_duplicate()
    {
        _w.Create();
        Assert.Equal(Result.Applied, _w.Create(facts: new() { Workflow = "import", ConfigVersion = "7" }).Result);
        Assert.Equal(Result.Duplicate, _w.Create(facts: new() { Workflow = "import", ConfigVersion = "7" }).Result);
        Assert.Equal(Result.Applied, _w.Create(W1).Result);
        Assert.Equal(Result.Applied, _w.Create(W1, new() { Workflow = "import", TriggerType = "cron" }).Result);
        Assert.Equal(Result.Duplicate, _w.Create(W1).Result);
        Assert.Equal(
            ["execution.created", "execution.created", "execution.started", "execution.created"],
            _w.Effects.OfType<Effect.History>().Select(h => h.Type));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void A_create_call_with_a_start_claims_begins_the_attempt_and_is_a_contact()
    {
        _w.Create();
        _w.Now += TimeSpan.FromSeconds(3);

        var create = _w.Do(new Command.Create(ExecutionFacts.None, W1, Begin.AddSeconds(1), "tests", "default"));

        Assert.True(create is { Result: Result.Applied, HoldsClaim: true });
        Assert.Equal((ExecutionStatus.Running, W1, 1, true, true), (_w.S.Status, _w.S.Worker, _w.S.Attempts, _w.S.StartReported, _w.S.Followed));
        Assert.Equal((Begin.AddSeconds(1), _w.Now, _w.Now, _w.Now), (_w.S.StartedAt, _w.S.TrackerStartedAt, _w.S.TimeoutFrom, _w.S.LastContactAt));
        Assert.Equal(_w.Now.AddSeconds(60), _w.S.LeaseExpiresAt);
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void A_refused_create_call_changes_nothing_even_if_its_facts_match()
    {
        _w.Create(W1);
        var before = _w.S;

        var refused = _w.Create(W2, new() { Workflow = "import", ConfigVersion = "7" });

        Assert.Equal((Code.AlreadyClaimed, false), (refused.Code, refused.MustStore));
        Assert.Empty(refused.Effects);
        Assert.Same(before, _w.S);
    }

    [Fact]
    public void A_create_call_with_a_start_of_a_paused_execution_claims_it_and_leaves_it_paused()
    {
        _w.Create(W1);
        _w.Report(new ExecutionEvent.ExecutionPaused());

        Assert.True(_w.Create(W2).HoldsClaim);

        Assert.Equal((ExecutionStatus.Paused, W2, 2), (_w.S.Status, _w.S.Worker, _w.S.Epoch));
    }

    [Fact]
    public void A_reported_start_without_a_time_gets_the_time_of_the_first_implied_start()
    {
        _w.Report(StepStart("s1", at: Begin.AddSeconds(-5)));
        Assert.Equal(Begin.AddSeconds(-5), _w.S.StartedAt);
        _w.Now += TimeSpan.FromSeconds(10);

        _w.Report(Start(W1));

        Assert.Equal((Begin, Begin, true), (_w.S.StartedAt, _w.S.TrackerStartedAt, _w.S.StartReported));
        _w.Report(StepStart("s2", at: Begin.AddHours(-1)));
        Assert.Equal(Begin, _w.S.StartedAt);
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void A_second_start_with_another_time_moves_nothing()
    {
        _w.Create();
        _w.Report(Start(W1) with { At = Begin.AddSeconds(-5) });
        _w.Now += TimeSpan.FromSeconds(10);

        Assert.Equal(Result.Duplicate, _w.Report(Start(W1) with { At = Begin }).Result);
        Assert.Equal((Begin.AddSeconds(-5), Begin, 1), (_w.S.StartedAt, _w.S.TimeoutFrom, _w.S.Attempts));
    }

    [Fact]
    public void An_execution_that_is_renamed_counts_as_live_for_its_new_workflow_only()
    {
        _w.Report(StepStart("s1"));
        _w.Report(Start(W1) with { Facts = new() { Workflow = "import" } });

        var live = _w.Effects.OfType<Effect.ChangeLiveCount>().GroupBy(l => (l.Workflow, l.Status)).ToDictionary(g => g.Key, g => g.Sum(l => l.Delta));
        Assert.Equal(
            (0, 0, 1),
            (live[("unknown", ExecutionStatus.Pending)], live[("unknown", ExecutionStatus.Running)], live[("import", ExecutionStatus.Running)]));
    }

    [Fact]
    public void Only_creates_and_events_create_an_execution_and_only_in_a_known_namespace()
    {
        Assert.Equal(Code.UnknownExecution, _w.Claim(W1).Code);
        Assert.Equal(Code.Forbidden, _w.Do(new Command.Create(ExecutionFacts.None, null, null, "tests", null)).Code);
        Assert.Equal(Code.Forbidden, _w.Do(new Command.ApplyEvent(StepStart("s") with { EventId = "e" }, 1, [1], "tests", null)).Code);
        Assert.Equal(Code.Forbidden, _w.Do(new Command.CompleteWithoutPayloads(End() with { EventId = "e" }, 1, [1], "tests", null, "no")).Code);
        Assert.Null(_w.State);

        ExecutionFacts named = new() { Namespace = "named" };
        foreach (Command made in (Command[])
        [
            new Command.Create(named, null, null, "tests", "default"),
            new Command.ApplyEvent(Start() with { EventId = "e", Facts = named }, 1, [1], "tests", "default"),
            new Command.ApplyEvent(End() with { EventId = "e", Facts = named }, 1, [1], "tests", "default"),
            new Command.CompleteWithoutPayloads(End() with { EventId = "e", Facts = named }, 1, [1], "tests", "default", "no"),
        ])
        {
            var w = new World();
            w.Do(made);
            Assert.Equal(("named", "tests", Begin), (w.S.Namespace, w.S.CreatedBy, w.S.CreatedAt));
        }
    }
}
