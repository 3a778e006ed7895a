using System.Reflection;
using static ExecutionGrains.Rules.Tests.World;

namespace ExecutionGrains.Rules.Tests;

/// <summary>What the next epoch keeps of the execution, field by field; all other fields are reset.</summary>
public sealed class EpochTests
{
    private static readonly string[] OfTheExecution =
    [
        "Id", "Namespace", "Facts", "CreateStated", "EventFacts", "CreatedBy", "CreatedAt", "Revision", "Attempts", "LastContactAt", "StepSequence",
        "LateCount", "EvidenceCount", "RejectedCount",
        "RejectionCount", "Stated", "Workflow", "IsTraced",
    ];

    private static readonly string[] OfAPause = ["PausedAt", "PausedReason", "StartReported", "StartedAt", "TrackerStartedAt", "Path", "Status", "IsFinal"];

    /// <summary>Fields that increase.</summary>
    private static readonly string[] Raised = ["Epoch", "Epochs", "Version", "HistorySequence"];

    /// <summary>Fields that the claim sets.</summary>
    private static readonly string[] OfTheClaim = ["Worker", "ClaimedAt", "LeaseTerm"];

    public static TheoryData<string> Properties() => [.. typeof(ExecutionState).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Properties))]
    public void A_requeue_keeps_only_the_members_of_the_execution(string property)
    {
        var before = Full(ExecutionStatus.Lost);
        var after = Decided(before, new Command.Requeue("again", "ops"));

        Check(property, before, after, OfTheExecution, ["Status", "IsFinal", "LeaseTerm"]);
        Assert.Equal((ExecutionStatus.Pending, 8), (after.Status, after.Epoch));
    }

    [Theory]
    [MemberData(nameof(Properties))]
    public void The_claim_of_a_paused_execution_keeps_the_pause_and_its_start_as_well(string property)
    {
        var before = Full(ExecutionStatus.Paused);
        var after = Decided(before, new Command.Claim(W2, "tests"));

        Check(property, before, after, [.. OfTheExecution, .. OfAPause], OfTheClaim);
        Assert.Equal((ExecutionStatus.Paused, FinalizationPath.Paused, 8, W2, Begin), (after.Status, after.Path, after.Epoch, after.Worker, after.ClaimedAt));
    }

    [Fact]
    public void The_ended_epoch_keeps_its_worker_its_times_its_end_its_markers_and_its_resolution()
    {
        var before = Full(ExecutionStatus.Lost);
        var ended = Decided(before, new Command.Requeue("again", "ops")).Epochs;

        Assert.Equal(
            [
                .. before.Epochs,
                new EndedEpoch(
                    7, "worker-1", "a", At(1), At(2), At(5), ExecutionStatus.Lost, FinalizationPath.Paused, Cause.Reported,
                    "first", "second", before.Resolution)
                {
                    TrackerEndedAt = At(6),
                },
            ],
            ended);
        Assert.Null(Decided(Full(ExecutionStatus.Paused), new Command.Claim(W2, "tests")).Epochs[^1].Status);
        Assert.Equal(Begin, Decided(before with { EndedAt = null }, new Command.Requeue("again", "ops")).Epochs[^1].EndedAt);
    }

    [Fact]
    public void The_last_hundred_ended_epochs_are_kept()
    {
        var w = new World();
        w.Create();
        for (var i = 0; i < 105; i++)
        {
            w.Claim(W1);
            w.Judge(TimeSpan.FromSeconds(40));
            Assert.Equal(Math.Min(i + 1, 100), w.S.Epochs.Count);
        }

        Assert.Equal((6, 105, 106), (w.S.Epochs[0].Epoch, w.S.Epochs[^1].Epoch, w.S.Epoch));
        w.HistoryGivesTheState();
    }

    [Fact]
    public void An_expired_claim_counts_in_the_figures_without_a_status()
    {
        var w = new World();
        w.Create();
        w.Claim(W1);
        w.Judge(TimeSpan.FromSeconds(40));

        Assert.Equal(new Effect.CountEndedEpoch(null, Cause.ClaimExpired, w.Now, null), Assert.Single(w.Effects.OfType<Effect.CountEndedEpoch>()));
        Assert.Equal(new EndedEpoch(1, "worker-1", "a", Begin, null, w.Now, null, null, Cause.ClaimExpired, null, null, null), Assert.Single(w.S.Epochs));
    }

    [Fact]
    public void A_restored_store_opens_no_epoch_below_its_fence()
    {
        Assert.Equal(50, Decided(Full(ExecutionStatus.Lost), new Command.Requeue(null, "ops"), new RuleSettings { EpochMin = 50 }).Epoch);
        Assert.Equal(60, Decided(Full(ExecutionStatus.Running), new Command.Fence(60), new RuleSettings { EpochMin = 50 }).Epoch);
        Assert.Equal(8, Decided(Full(ExecutionStatus.Running), new Command.Fence(8)).Epoch);
        Assert.Equal(7, Decided(Full(ExecutionStatus.Running), new Command.Fence(7)).Epoch);
        var pending = Decided(Full(ExecutionStatus.Pending), new Command.Fence(60));
        Assert.Equal((60, 0L, 0L, 1), (pending.Epoch, pending.LogCount, pending.ErrorLogCount, pending.Epochs.Count));
    }

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(1, 2, true)]
    [InlineData(2, 2, false)]
    [InlineData(1, null, false)]
    public void A_failed_execution_is_requeued_while_an_attempt_is_left_and_a_lost_one_always(int attempts, int? most, bool requeued)
    {
        var state = Full(ExecutionStatus.Failed) with { Attempts = attempts, Facts = new() { MaxAttempts = most } };

        Assert.Equal(requeued ? 8 : 7, Decided(state, new Command.Requeue(null, "ops")).Epoch);
        Assert.Equal(8, Decided(state with { Status = ExecutionStatus.Lost }, new Command.Requeue(null, "ops")).Epoch);
        var idempotent = state with { Status = ExecutionStatus.Running, Facts = state.Facts with { Idempotent = true }, FinalReportRefused = false };
        Assert.Equal(requeued ? ExecutionStatus.Pending : ExecutionStatus.Lost, Decided(idempotent, new Command.CheckDeadlines([])).Status);
        var other = idempotent with { Facts = idempotent.Facts with { Idempotent = null } };
        Assert.Equal(ExecutionStatus.Lost, Decided(other, new Command.CheckDeadlines([])).Status);
    }

    [Fact]
    public void A_second_resolution_subtracts_the_first_in_the_minute_in_which_it_was_counted()
    {
        var w = new World();
        w.Create(W1);
        w.Judge(TimeSpan.FromMinutes(2));
        w.Resolve(Resolution.Recovered);
        var first = w.Now;
        w.Now += TimeSpan.FromMinutes(5);
        w.Resolve(Resolution.Failed);

        Assert.Equal(
            [
                new(FigureKind.Resolution, Resolution.Recovered, 1, first),
                new(FigureKind.Resolution, Resolution.Recovered, -1, first),
                new(FigureKind.Resolution, Resolution.Failed, 1, w.Now),
            ],
            w.Effects.OfType<Effect.ChangeStatistic>());
        Assert.Equal(new ResolutionRecord(Resolution.Failed, "seen", "ops", w.Now), w.S.Resolution);
        w.HistoryGivesTheState();
    }

    [Fact]
    public void Every_operator_action_is_in_the_audit_and_the_history_with_its_author_and_reason()
    {
        var w = new World();
        w.Create(W1, new() { MaxAttempts = 5 });
        w.Cancel();
        w.Judge(TimeSpan.FromMinutes(2));
        w.Requeue();
        w.Report(Start(W1));
        w.Judge(TimeSpan.FromMinutes(2));
        w.Resolve();

        Assert.Equal(
            [("cancel", "no longer wanted", "ops"), ("requeue", "again", "ops"), ("resolve", "seen", "ops")],
            w.Effects.OfType<Effect.Audit>().Select(a => (a.Action, a.Reason!, a.By)));
        Assert.Equal(
            [("operator.cancel", "ops", "no longer wanted"), ("tracker.cancelled", "janitor", "cancel_unconfirmed"), ("operator.requeue", "ops", "again"),
                ("tracker.lost", "janitor", "lost_after_start"), ("operator.resolve", "ops", "seen")],
            w.Effects.OfType<Effect.History>()
                .Where(h => h.EventId is null && h.Type[0] is 'o' or 't')
                .Select(h => (h.Type, HistoryRowJson.CallerAndReason(h).By!, HistoryRowJson.CallerAndReason(h).Reason!)));
    }

    private static void Check(string property, ExecutionState before, ExecutionState after, string[] kept, string[] elsewhere)
    {
        if (Raised.Contains(property) || elsewhere.Contains(property))
        {
            return;
        }

        var fresh = new ExecutionState { Id = before.Id, Namespace = before.Namespace, CreatedBy = before.CreatedBy, CreatedAt = before.CreatedAt };
        var of = typeof(ExecutionState).GetProperty(property)!;
        Assert.Equal(of.GetValue(kept.Contains(property) ? before : fresh), of.GetValue(after));
    }

    private static ExecutionState Decided(ExecutionState state, Command command, RuleSettings? settings = null) =>
        ExecutionRules.Decide(state.Id, state, StoredRows.None, command, Begin, settings ?? new()).State!;

    private static DateTimeOffset At(int second) => Begin.AddHours(-1).AddSeconds(second);

    /// <summary>No field has its default value.</summary>
    private static ExecutionState Full(ExecutionStatus status) => new()
    {
        Id = new ExecutionId("e"),
        Namespace = "n",
        Facts = new() { Workflow = "import", ExplicitTrace = true, ConfigVersion = "7" },
        CreateStated = true,
        EventFacts = new() { ConfigVersion = "7" },
        CreatedBy = "tests",
        CreatedAt = At(0),
        Status = status,
        Epoch = 7,
        Attempts = 3,
        Worker = W1,
        ClaimedAt = At(1),
        Followed = true,
        StartReported = true,
        StartedAt = At(2),
        TrackerStartedAt = At(3),
        TimeoutFrom = At(4),
        EndedAt = At(5),
        TrackerEndedAt = At(6),
        Outcome = Outcome.Fail,
        Cause = Cause.Reported,
        Path = FinalizationPath.Paused,
        CompletionFailure = "f",
        Cancel = status == ExecutionStatus.Lost ? new CancelRequest("r", "ops", At(7)) : null,
        PausedAt = At(8),
        PausedReason = "r",
        ResumedAt = At(9),
        LastCompleted = new BlockMarker("s2", "second", null, At(10), At(10), At(11), true),
        Version = 12,
        Revision = 13,
        LastContactAt = At(14),
        LeaseExpiresAt = At(15),
        StoredLease = At(16),
        FinalReportRefused = true,
        LastStarted = new BlockMarker("s1", "first", null, At(17), At(17), null, null),
        StepCount = 18,
        OpenStepCount = 19,
        FailedStepCount = 20,
        StepCost = 21,
        TotalCost = 22,
        TraceSpanCount = 23,
        StepSequence = 24,
        HistorySequence = 25,
        LogCount = 26,
        ErrorLogCount = 27,
        LateCount = 28,
        EpochLateCount = 29,
        EvidenceCount = 30,
        RejectedCount = 31,
        RejectionCount = 32,
        Resolution = new ResolutionRecord(Resolution.Failed, "r", "ops", At(33)),
        Progress = new Progress(34, "m"),
        Epochs = [new EndedEpoch(6, null, null, null, null, null, null, null, null, null, null, null)],
    };
}
