using FsCheck;
using FsCheck.Fluent;
using static ExecutionGrains.Rules.Tests.World;

namespace ExecutionGrains.Rules.Tests;

/// <summary>Any sequence of commands of two workers, an operator and the janitor, duplicated, reordered, delayed: what must hold, holds.</summary>
public sealed class ModelTests
{
    [Fact]
    public void Whatever_happens_the_invariants_hold()
    {
        var lives = Gen.Choose(0, int.MaxValue - 1).ListOf(60);
        Prop.ForAll(Arb.From(lives), Holds).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
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

        return true;
    }

    private static void Act(World w, int choice)
    {
        var step = $"s{choice / 32 % 4}";
        var at = Begin.AddSeconds((choice / 128 % 200) - 100);
        var epoch = choice / 1024 % 4 == 0 ? 1 : w.State?.Epoch ?? 1;
        var id = choice / 4096 % 3 == 0 ? $"r{choice / 32 % 8}" : null;
        var worker = choice / 64 % 2 == 0 ? W1 : W2;
        w.Now += TimeSpan.FromSeconds(choice / 8192 % 30);
        _ = (choice % 17) switch
        {
            0 => w.Create(choice % 2 == 0 ? worker : null),
            1 => w.State is null ? w.Create() : w.Claim(worker),
            2 => w.Report(Start(worker) with { At = at }, epoch, id),
            3 or 4 => w.Report(StepStart(step, at: at), epoch, id),
            5 or 6 => w.Report(StepEnd(step, (StepOutcome)(choice / 32 % 8), at), epoch, id),
            7 => w.Report(End((Outcome)(choice / 32 % 6)) with { At = at }, epoch, id),
            8 => w.Report(new ExecutionEvent.ExecutionPaused { At = at }, epoch, id),
            9 or 10 => w.Report(new ExecutionEvent.ExecutionResumed { At = at }, epoch, id),
            11 => w.Report(new ExecutionEvent.Log { Message = "m" }, epoch, id),
            12 => w.Beat(epoch),
            13 when w.State is not null => w.Cancel(),
            14 when w.State is not null => w.Requeue(),
            15 when w.State is not null => w.Judge(TimeSpan.FromSeconds(choice / 32 % 90)),
            16 => w.Report(new ExecutionEvent.Unreadable { EventId = id, Code = Code.InvalidEvent, Message = "m", ClaimedType = "execution.completed" }, epoch),
            _ => w.Beat(epoch),
        };
    }

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
        Assert.True(s.EndedAt is null || s.EndedAt >= (s.StartedAt ?? s.CreatedAt), "a negative duration");
        Assert.All(w.Steps.Values, r => Assert.True(r.EndedAt is null || r.EndedAt >= r.StartedAt));
        Assert.Equal(s.IsFinal ? 0 : 1, w.Effects.OfType<Effect.Live>().Sum(l => l.Delta));
        Assert.True(s.RejectionCount <= Limits.Rejections && s.EvidenceCount <= Limits.Evidence && s.Epochs.Count <= Limits.Epochs);
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
