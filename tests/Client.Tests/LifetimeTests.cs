using Xunit;
using static ExecutionGrains.Client.Tests.ScriptedTransport;

namespace ExecutionGrains.Client.Tests;

public sealed class LifetimeTests
{
    [Fact]
    public async Task A_heartbeat_goes_out_at_every_third_of_the_lease_with_the_last_progress()
    {
        var world = new World();
        await using var execution = await world.StartAsync(new() { HeartbeatTimeout = TimeSpan.FromSeconds(30) });
        execution.Report(10);
        execution.Report(20, "2 of 10");
        world.Clock.Advance(TimeSpan.FromSeconds(9.999));
        Assert.Empty(world.Transport.Reports);
        world.Clock.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal(new Progress(20, "2 of 10"), Assert.IsType<ExecutionEvent.Heartbeat>((await world.Transport.ReportAsync()).Events.Single()).Progress);
        world.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(Assert.IsType<ExecutionEvent.Heartbeat>((await world.Transport.ReportAsync()).Events.Single()).Progress);
        Assert.Equal(StopReason.None, execution.StopReason);
    }

    [Fact]
    public async Task A_cancel_heard_of_in_an_answer_fires_the_signal_with_its_reason()
    {
        var world = new World();
        world.Transport.Next(report => Answered(report, _ => (Result.Applied, null), new(true, "wrong input", false)));
        await using var execution = await world.StartAsync();
        execution.Log("anything");
        await World.FiredAsync(execution.Cancellation);
        Assert.Equal((StopReason.Cancelled, "wrong input"), (execution.StopReason, execution.StopMessage));
    }

    [Theory]
    [InlineData(ExecutionStatus.Lost, Result.Late, StopReason.LeaseLost)]
    [InlineData(ExecutionStatus.Failed, Result.Late, StopReason.Stopped)]
    [InlineData(ExecutionStatus.Running, Result.Applied, StopReason.Deadline)]
    public async Task A_stop_heard_of_in_an_answer_fires_the_signal(ExecutionStatus status, Result result, StopReason reason)
    {
        var world = new World();
        world.Transport.Next(report => Answered(report, _ => (result, null), new(false, null, true), status));
        await using var execution = await world.StartAsync();
        execution.Log("anything");
        await World.FiredAsync(execution.Cancellation);
        Assert.Equal(reason, execution.StopReason);
    }

    [Fact]
    public async Task A_claim_whose_start_is_refused_leaves_nothing_that_beats()
    {
        var world = new World();
        world.Transport.NextAsync(_ => throw new TrackerException("forbidden") { Code = "forbidden" });
        var thrown = await Assert.ThrowsAsync<TrackerException>(() => world.Tracker.ClaimAsync(new("there-already")));
        Assert.Equal("forbidden", thrown.Code);
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(["execution.started", "execution.completed"], world.Transport.Events.Select(sent => sent.Type));
    }

    [Fact]
    public async Task A_claim_that_is_cancelled_before_its_start_is_answered_leaves_nothing_that_beats()
    {
        var world = new World();
        using var cancel = new CancellationTokenSource();
        var answer = new TaskCompletionSource<ReportReply>();
        world.Transport.NextAsync(_ => answer.Task);
        var claim = world.Tracker.ClaimAsync(new("there-already"), cancellationToken: cancel.Token);
        var asked = await world.Transport.ReportAsync();
        await cancel.CancelAsync();
        answer.SetResult(Applied(asked));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => claim);
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(["execution.started", "execution.completed"], world.Transport.Events.Select(sent => sent.Type));
    }

    [Fact]
    public async Task An_execution_may_be_given_years()
    {
        var world = new World(options => options with { TimeProvider = TimeProvider.System });
        var years = TimeSpan.FromDays(3 * 366);
        await using var execution = await world.StartAsync(new() { Timeout = years, HeartbeatTimeout = years });
        await execution.PauseAsync();
        await execution.ResumeAsync();
        Assert.Equal(Result.Applied, (await execution.CompleteAsync()).Result);
    }

    [Fact]
    public async Task A_stale_epoch_fires_the_signal_as_fenced_and_ends_the_heartbeats()
    {
        var world = new World();
        world.Transport.Next(report => Answered(report, _ => (Result.Rejected, Code.StaleEpoch)));
        await using var execution = await world.StartAsync();
        await execution.PauseAsync();
        await World.FiredAsync(execution.Cancellation);
        Assert.Equal(StopReason.Fenced, execution.StopReason);
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Single(world.Transport.Reports);
    }

    [Fact]
    public async Task A_lease_without_contact_fires_the_signal()
    {
        var world = new World();
        var never = new TaskCompletionSource<ReportReply>();
        world.Transport.NextAsync(_ => never.Task);
        await using var execution = await world.StartAsync(new() { HeartbeatTimeout = TimeSpan.FromSeconds(6) });
        execution.Log("into the void");
        await world.Transport.ReportAsync();
        world.Clock.Advance(TimeSpan.FromSeconds(6));
        await World.FiredAsync(execution.Cancellation);
        Assert.Equal(StopReason.LeaseLost, execution.StopReason);
        never.SetResult(Applied(world.Transport.Reports[0]));
    }

    [Fact]
    public async Task A_step_under_way_at_the_deadline_ends_as_cancel_and_no_heartbeat_follows()
    {
        var world = new World();
        await using var execution = await world.StartAsync(new() { Timeout = TimeSpan.FromSeconds(15) });
        var entered = new TaskCompletionSource();
        var step = execution.StepAsync("endless", async (_, ct) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, ct); // allowed: it has no end but its cancellation
        });
        await entered.Task;
        await world.Transport.ReportAsync();
        world.Clock.Advance(TimeSpan.FromSeconds(15));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => step);
        Assert.Equal(StopReason.Deadline, execution.StopReason);
        world.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Single(world.Transport.Reports);
        await execution.CancelledAsync();
        Assert.Equal(["step.started", "step.completed", "execution.completed"], world.Transport.Events.Select(sent => sent.Type));
        Assert.Equal(StepOutcome.Cancel, world.Transport.Events.OfType<ExecutionEvent.StepCompleted>().Single().Outcome);
    }

    [Fact]
    public async Task Nothing_is_sent_after_the_deadline_and_its_grace()
    {
        var world = new World();
        await using var execution = await world.StartAsync(new() { Timeout = TimeSpan.FromSeconds(15) });
        world.Clock.Advance(TimeSpan.FromSeconds(46));
        await World.FiredAsync(execution.Cancellation);
        execution.Log("too late");
        await Assert.ThrowsAsync<TrackerException>(() => execution.CompleteAsync());
        Assert.Empty(world.Transport.Reports);
        Assert.Equal(2, world.Tracker.Counters.Abandoned);
    }

    [Fact]
    public async Task An_end_reported_after_everything_stopped_is_refused_at_once()
    {
        var world = new World();
        await using var execution = await world.StartAsync(new() { Timeout = TimeSpan.FromSeconds(15) });
        var stopped = execution.StoppedAsync();
        world.Clock.Advance(TimeSpan.FromSeconds(46));
        await stopped.WaitAsync(TimeSpan.FromSeconds(20));
        await Assert.ThrowsAsync<TrackerException>(() => execution.CompleteAsync().WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_pause_suspends_the_deadline_and_a_resume_starts_it_afresh()
    {
        var world = new World();
        await using var execution = await world.StartAsync(new() { Timeout = TimeSpan.FromSeconds(15), HeartbeatTimeout = null });
        await execution.PauseAsync();
        world.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal(StopReason.None, execution.StopReason);
        await execution.ResumeAsync();
        world.Clock.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal(StopReason.None, execution.StopReason);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(StopReason.Deadline, execution.StopReason);
    }

    [Fact]
    public async Task An_end_without_an_answer_is_given_up_when_its_patience_is()
    {
        var world = new World();
        for (var i = 0; i < 100; i++)
        {
            world.Transport.NextAsync(_ => new TaskCompletionSource<ReportReply>().Task);
        }

        var execution = await world.StartAsync();
        var end = execution.CompleteAsync();
        await world.Transport.ReportAsync();
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        await Assert.ThrowsAsync<TrackerException>(() => end);
        await execution.DisposeAsync();
    }
}
