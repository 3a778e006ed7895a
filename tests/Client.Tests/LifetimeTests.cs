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
    public async Task A_cancel_in_an_answer_fires_the_signal_with_its_reason()
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
    [InlineData(ExecutionStatus.Failed, Result.Late, StopReason.Finished)]
    [InlineData(ExecutionStatus.Running, Result.Applied, StopReason.Deadline)]
    public async Task A_stop_in_an_answer_fires_the_signal(ExecutionStatus status, Result result, StopReason reason)
    {
        var world = new World();
        world.Transport.Next(report => Answered(report, _ => (result, null), new(false, null, true), status));
        await using var execution = await world.StartAsync();
        execution.Log("anything");
        await World.FiredAsync(execution.Cancellation);
        Assert.Equal(reason, execution.StopReason);
    }

    [Fact]
    public async Task A_claim_whose_start_is_refused_sends_no_further_heartbeats()
    {
        var world = new World();
        world.Transport.NextAsync(_ => throw new TrackerException("forbidden") { Code = "forbidden" });
        var thrown = await Assert.ThrowsAsync<TrackerException>(() => world.Tracker.ClaimAsync(new("there-already")));
        Assert.Equal("forbidden", thrown.Code);
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(["execution.started", "execution.completed"], world.Transport.Events.Select(sent => sent.Type));
    }

    [Fact]
    public async Task A_claim_that_is_cancelled_before_its_start_is_answered_sends_no_further_heartbeats()
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
    public async Task A_timeout_may_be_years()
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

    [Theory]
    [InlineData(TrackerLossBehavior.Continue, StopReason.None)]
    [InlineData(TrackerLossBehavior.Stop, StopReason.LeaseLost)]
    public async Task D72_A_lease_without_an_answer_stops_the_work_only_by_choice(TrackerLossBehavior choice, StopReason expected)
    {
        var world = new World(options => options with { OnTrackerLost = choice });
        world.Transport.OnReport = _ => new TaskCompletionSource<ReportReply>().Task;
        await using var execution = await world.StartAsync(new() { HeartbeatTimeout = TimeSpan.FromSeconds(10) });
        world.Clock.Advance(TimeSpan.FromSeconds(22));
        if (choice == TrackerLossBehavior.Stop)
        {
            await World.FiredAsync(execution.Cancellation);
        }

        Assert.Equal((expected, expected != StopReason.None), (execution.StopReason, execution.Cancellation.IsCancellationRequested));
        world.Transport.OnReport = null;
        world.Clock.Advance(TimeSpan.FromSeconds(10));
        var end = execution.CompleteAsync();
        world.Clock.Advance(TimeSpan.FromSeconds(30));
        await end;
        Assert.Equal(Result.Applied, (await execution.DeliveredAsync()).Result);
        Assert.Equal(Outcome.Success, world.Transport.End.Outcome);
    }

    [Fact]
    public async Task A_step_under_way_at_the_deadline_ends_as_cancel_and_the_execution_as_kill()
    {
        var world = new World();
        await using var execution = await world.StartAsync(new() { Timeout = TimeSpan.FromSeconds(15) });
        var entered = new TaskCompletionSource();
        var step = execution.StepAsync("endless", async (_, ct) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, ct); // allowed: it ends only by cancellation
        });
        await entered.Task;
        world.Clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(StopReason.Deadline, (await Assert.ThrowsAsync<ExecutionStoppedException>(() => step)).Reason);
        await execution.CancelledAsync();
        Assert.Equal(["step.started", "step.completed", "execution.completed"], world.Transport.Events.Select(sent => sent.Type));
        Assert.Equal(StepOutcome.Cancel, world.Transport.Events.OfType<ExecutionEvent.StepCompleted>().Single().Outcome);
        Assert.Equal(Outcome.Kill, world.Transport.End.Outcome);
    }

    [Fact]
    public async Task Heartbeats_continue_past_the_deadline_until_the_end_which_is_sent_even_if_late()
    {
        var world = new World();
        await using var execution = await world.StartAsync(new() { Timeout = TimeSpan.FromSeconds(15), HeartbeatTimeout = TimeSpan.FromSeconds(30) });
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(60, world.Transport.Events.OfType<ExecutionEvent.Heartbeat>().Count());
        execution.Log("cleaning up");
        Assert.Equal(Result.Applied, (await execution.CompleteAsync()).Result);
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(["log", "execution.completed"], world.Transport.Events.Skip(60).Select(sent => sent.Type));
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
}
