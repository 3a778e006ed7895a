using FsCheck;
using FsCheck.Fluent;
using static ExecutionGrains.Rules.Tests.World;

namespace ExecutionGrains.Rules.Tests;

/// <summary>Invariants over any sequence of commands from two workers, an operator and the janitor, with duplicates, reordering and delays.</summary>
public sealed class ModelTests
{
    [Fact]
    public void The_invariants_hold_for_any_sequence_of_commands()
    {
        var lives = Gen.Choose(0, int.MaxValue - 1).ListOf(60);
        Prop.ForAll(Arb.From(lives), Holds).Check(PropertyRuns.Of(2_000));
    }

    private static bool Holds(IEnumerable<int> choices)
    {
        var world = new World();
        foreach (var choice in choices)
        {
            var before = world.State;
            Act(world, choice);
            Check(before, world);
        }

        world.HistoryGivesTheState();
        return true;
    }

    private static void Act(World w, int choice)
    {
        var step = $"s{choice / 32 % 4}";
        var at = Begin.AddSeconds((choice / 128 % 200) - 100);
        var epoch = choice / 1024 % 4 == 0 ? 1 : w.State?.Epoch ?? 1;
        var id = choice / 4096 % 3 == 0 ? $"r{choice / 32 % 8}" : null;
        var trace = choice / 512 % 8 == 0;
        var worker = choice / 64 % 2 == 0 ? W1 : choice / 256 % 4 == 0 ? W1 with { Incarnation = null } : W2;
        w.Now += TimeSpan.FromSeconds(choice / 8192 % 30);
        _ = (choice % 23) switch
        {
            0 => w.Create(choice / 32 % 2 == 0 ? worker : null, Facts(choice)),
            1 => w.State is null ? w.Create(facts: Facts(choice)) : w.Claim(worker),
            2 => w.Report(Start(worker) with { At = at, Facts = Facts(choice) }, epoch, id, trace),
            3 or 4 => w.Report(StepStart(step, at: at) with { Input = "1"u8.ToArray() }, epoch, id, trace),
            5 or 6 => w.Report(
                StepEnd(step, (StepOutcome)(choice / 32 % 8), at) with { Cost = choice / 256 % 5 * 0.10m, Output = "1"u8.ToArray() }, epoch, id, trace),
            7 => w.Report(
                End((Outcome)(choice / 32 % 6)) with { At = at, Cost = Cost(choice), Output = "1"u8.ToArray(), Facts = Facts(choice) }, epoch, id, trace),
            8 => w.Report(new ExecutionEvent.ExecutionPaused { At = at }, epoch, id),
            9 or 10 => w.Report(new ExecutionEvent.ExecutionResumed { At = at }, epoch, id),
            11 => w.Report(new ExecutionEvent.Log { Message = "m", Level = (Severity)(choice / 32 % 4) }, epoch, id, trace),
            12 => w.Report(new ExecutionEvent.Heartbeat { Progress = new(5, null) }, epoch, trace: trace),
            13 when w.State is not null => w.Cancel(),
            14 or 15 when w.State is not null => w.Requeue(),
            16 or 17 when w.State is not null => w.Judge(TimeSpan.FromSeconds(choice / 32 % 90)),
            18 => w.Report(new ExecutionEvent.Unreadable { EventId = id, Code = Code.InvalidEvent, Message = "m", ClaimedType = "execution.completed" }, epoch),
            19 => w.Reduce(End((Outcome)(choice / 32 % 6)) with { At = at, Error = "1"u8.ToArray() }, epoch, id),
            20 when w.State is not null => w.Resolve((Resolution)(choice / 32 % 3)),
            21 when w.State is not null && choice / 32 % 4 == 0 => w.Fence(w.State.Epoch + (choice / 128 % 3)),
            _ => w.Beat(epoch),
        };
    }

    /// <summary>Mostly empty; otherwise facts that fill, contradict or override earlier ones, or let the policy requeue.</summary>
    private static ExecutionFacts Facts(int choice) => (choice / 2048 % 8) switch
    {
        0 => new() { Workflow = "import" },
        1 => new() { Workflow = "export", Labels = new() { ["a"] = $"{choice / 32 % 2}" }, Traceparent = "00-1" },
        2 => new() { HeartbeatTimeoutSeconds = choice / 32 % 60, TimeoutSeconds = 40 },
        3 => new() { Idempotent = true, MaxAttempts = 3, TriggerType = "webhook", TriggeredBy = "zoë" },
        4 => new() { Namespace = choice / 32 % 2 == 0 ? "default" : "another", ConfigVersion = "7", ParentExecutionId = "p" },
        5 => new() { ExplicitTrace = choice / 32 % 2 == 0 },
        _ => ExecutionFacts.None,
    };

    private static decimal? Cost(int choice) => choice / 256 % 3 == 0 ? 1.50m : null;

    private static void Check(ExecutionState? before, World w)
    {
        if (w.State is not { } s)
        {
            return;
        }

        var open = w.Steps.Values.Where(r => r.IsOpen).ToList();
        Assert.Equal(open.Count(r => r.Epoch == s.Epoch), s.OpenStepCount);
        Assert.True(!s.IsFinal || open.All(r => r.Epoch != s.Epoch), "an open step under a finished execution");
        Assert.All(open, r => Assert.Equal(s.Epoch, r.Epoch));
        Assert.Equal(s.IsFinal, s.TrackerEndedAt is not null);
        Assert.True(s.EndedAt is null || s.EndedAt >= s.StartedAt || s.StartedAt is null, "a negative duration");
        Assert.All(w.Steps.Values, r => Assert.True(r.EndedAt is null || r.EndedAt >= r.StartedAt));
        Assert.Equal(s.IsFinal ? 0 : 1, w.Effects.OfType<Effect.ChangeLiveCount>().Sum(l => l.Delta));
        Assert.True(s.RejectionCount <= Limits.RejectionCountMax && s.EvidenceCount <= Limits.EvidenceCountMax && s.Epochs.Count <= Limits.EpochCountMax);
        if (before is null || before.Epoch != s.Epoch)
        {
            return;
        }

        Assert.True(!before.IsFinal || (before.Status, before.Cause, before.Path) == (s.Status, s.Cause, s.Path), "final is final");
        Assert.True(before.LastStarted is null || s.LastStarted!.At >= before.LastStarted.At, "a marker went back");
        Assert.True(before.LastCompleted is null || s.LastCompleted!.At >= before.LastCompleted.At, "a marker went back");
        Assert.True(s.Version >= before.Version && s.HistorySequence >= before.HistorySequence);
    }
}
