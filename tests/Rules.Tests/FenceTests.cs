using static ExecutionGrains.Rules.Tests.World;

namespace ExecutionGrains.Rules.Tests;

/// <summary>S50, the part that the rules decide: what a restore does to an execution.</summary>
public sealed class FenceTests
{
    private const int Restored = 28_000_000;

    private readonly World _w = new();

    [Fact]
    public void S50_A_running_execution_becomes_pending_and_its_worker_is_fenced()
    {
        _w.Create(W1);
        _w.Report(StepStart("s1"));
        _w.Fence(Restored);

        var ended = Assert.Single(_w.S.Epochs);
        Assert.Equal((ExecutionStatus.Pending, Restored, null, null), (_w.S.Status, _w.S.Epoch, _w.S.Worker, _w.S.LeaseExpiresAt));
        Assert.Equal((1, ExecutionStatus.Running, "worker-1", _w.Now), (ended.Epoch, ended.Status, ended.WorkerId, ended.EndedAt));
        Assert.Equal(StepStatus.Incomplete, _w.Steps[(1, "s1")].Status);
        Assert.DoesNotContain(_w.Effects, e => e is Effect.CountEndedEpoch);

        Assert.Equal(Code.StaleEpoch, _w.Report(StepEnd("s1"), epoch: 1).Code);
        Assert.Equal((Result.Applied, Restored), (_w.Claim(W2).Result, _w.S.Epoch));
        Assert.Equal(Result.Applied, _w.Report(End()).Result);
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void S50_A_worker_of_an_epoch_after_the_backup_is_fenced_too()
    {
        _w.Create();
        _w.Fence(Restored);

        Assert.Equal((ExecutionStatus.Pending, Restored, 0), (_w.S.Status, _w.S.Epoch, _w.S.Epochs.Count));
        Assert.Equal(Code.StaleEpoch, _w.Report(Start(W1), epoch: 1).Code);
        Assert.Equal(Code.StaleEpoch, _w.Report(StepStart("s1"), epoch: 2).Code);
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void S50_A_paused_execution_stays_paused_and_is_resumed_in_the_next_epoch()
    {
        _w.Create(W1);
        _w.Report(new ExecutionEvent.ExecutionPaused());
        var pausedAt = _w.S.PausedAt;
        _w.Now += TimeSpan.FromHours(1);
        _w.Fence(Restored);

        Assert.Equal((ExecutionStatus.Paused, FinalizationPath.Paused, pausedAt, Restored), (_w.S.Status, _w.S.Path, _w.S.PausedAt, _w.S.Epoch));
        Assert.Equal(ExecutionStatus.Paused, Assert.Single(_w.S.Epochs).Status);
        Assert.Equal(Code.StaleEpoch, _w.Report(new ExecutionEvent.ExecutionResumed(), epoch: 1).Code);
        Assert.Equal(Result.Applied, _w.Report(new ExecutionEvent.ExecutionResumed()).Result);
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void S50_A_cancel_that_no_worker_can_confirm_any_more_is_kept()
    {
        _w.Create(W1);
        _w.Cancel();
        _w.Fence(Restored);

        Assert.Equal((ExecutionStatus.Cancelled, Cause.CancelUnconfirmed, 1), (_w.S.Status, _w.S.Cause, _w.S.Epoch));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void S50_An_ended_execution_is_requeued_into_an_epoch_that_no_earlier_worker_can_hold()
    {
        _w.Create(W1);
        _w.Judge(TimeSpan.FromSeconds(71));
        var lost = _w.S;
        _w.Fence(Restored);
        Assert.Same(lost, _w.S);

        _w.Requeue();

        Assert.Equal((ExecutionStatus.Pending, Restored), (_w.S.Status, _w.S.Epoch));
        Assert.Equal(Code.StaleEpoch, _w.Report(Start(W1), epoch: 2).Code);
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void S50_The_history_of_an_execution_that_is_lost_and_requeued_after_the_restore_gives_its_state()
    {
        _w.Fence(Restored);
        _w.Create(W1, new() { Workflow = "import", Idempotent = true, MaxAttempts = 3 });
        _w.Report(StepStart("s1"));
        _w.Judge(TimeSpan.FromSeconds(71));

        Assert.Equal((ExecutionStatus.Pending, Restored, 1), (_w.S.Status, _w.S.Epoch, Assert.Single(_w.S.Epochs).Epoch));
        _w.HistoryGivesTheState();
    }

    [Fact]
    public void S50_Fencing_that_is_interrupted_and_repeated_changes_nothing_twice()
    {
        _w.Create(W1);
        _w.Fence(Restored);
        var once = _w.S;

        Assert.Equal(Result.Duplicate, _w.Fence(Restored).Result);
        Assert.Same(once, _w.S);
    }
}
