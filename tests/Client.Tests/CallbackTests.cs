using Xunit;
using static ExecutionGrains.Client.Tests.ScriptedTransport;

namespace ExecutionGrains.Client.Tests;

public sealed class CallbackTests
{
    [Fact]
    public async Task S41_a_callback_that_throws_is_counted_and_changes_nothing()
    {
        using var called = new CountdownEvent(2);
        var world = new World(options => options with
        {
            OnAnswer = _ =>
            {
                called.Signal();
                throw new InvalidOperationException();
            },
        });
        await using var execution = await world.StartAsync();
        await execution.PauseAsync();
        Assert.Equal(Result.Applied, (await execution.CompleteAsync()).Result);
        Assert.True(called.Wait(TimeSpan.FromSeconds(20)));
        SpinWait.SpinUntil(() => world.Tracker.Counters.CallbackFaults == 2, TimeSpan.FromSeconds(20));
        Assert.Equal(2, world.Tracker.Counters.CallbackFaults);
    }

    [Fact]
    public async Task S41_a_callback_that_hangs_delays_nothing_and_its_dropped_events_are_counted()
    {
        using var hang = new ManualResetEventSlim();
        var world = new World(options => options with { OnAnswer = _ => hang.Wait() });
        await using var execution = await world.StartAsync();
        for (var i = 0; i < 1_500; i++)
        {
            await execution.LogAsync("line");
        }

        Assert.Equal(Result.Applied, (await execution.CompleteAsync()).Result);
        Assert.InRange(world.Tracker.Counters.CallbacksDropped, 400, 600);
        hang.Set();
    }

    [Fact]
    public async Task S41_callbacks_registered_on_the_signal_delay_no_report()
    {
        using var hang = new ManualResetEventSlim();
        var world = new World();
        world.Transport.Next(report => Answered(report, _ => (Result.Applied, null), new(true, null, false)));
        await using var execution = await world.StartAsync();
        execution.Cancellation.Register(() => hang.Wait());
        execution.Log("anything");
        Assert.Equal(Result.Applied, (await execution.CancelledAsync()).Result);
        hang.Set();
    }

    [Fact]
    public async Task A_rejected_event_is_passed_to_the_callback()
    {
        var seen = new TaskCompletionSource<AnsweredEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
        var world = new World(options => options with { OnRejected = seen.SetResult });
        world.Transport.Next(report => Answered(report, _ => (Result.Rejected, Code.Conflict)));
        await using var execution = await world.StartAsync();
        await execution.PauseAsync("why");
        Assert.Equal("why", Assert.IsType<ExecutionEvent.ExecutionPaused>((await seen.Task).Event).Reason);
    }
}
