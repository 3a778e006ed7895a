using Xunit;
using static ExecutionGrains.Client.Tests.ScriptedTransport;

namespace ExecutionGrains.Client.Tests;

public sealed class RetryTests
{
    private static readonly TimeSpan Backoff = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_transport_failure_is_retried_with_the_same_ids()
    {
        var world = new World();
        world.Transport.Next(_ => throw new IOException("reset"));
        await using var execution = await world.StartAsync();
        var end = execution.CompleteAsync();
        await world.Transport.ReportAsync();
        await world.Clock.WhenScheduledAsync(Backoff);
        world.Clock.Advance(Backoff);
        Assert.Equal(Result.Applied, (await end).Result);
        Assert.Equal(2, world.Transport.Reports.Count);
        Assert.Equal(world.Transport.Reports[0].Events, world.Transport.Reports[1].Events);
        Assert.Equal(1, world.Tracker.Counters.Faults);
    }

    [Fact]
    public async Task Only_events_answered_retry_are_sent_again_and_before_newer_ones()
    {
        var world = new World();
        world.Transport.Next(
            report => Answered(report, sent => sent is ExecutionEvent.Log { Message: "b" } ? (Result.Retry, Code.Overloaded) : (Result.Applied, null)));
        var gate = new TaskCompletionSource();
        await using var execution = await world.StartAsync();
        world.Transport.NextAsync(async report =>
        {
            await gate.Task;
            return Applied(report);
        });
        execution.Log("b");
        await world.Transport.ReportAsync();
        execution.Log("c");
        await world.Clock.WhenScheduledAsync(Backoff);
        world.Clock.Advance(Backoff);
        gate.SetResult();
        await execution.CompleteAsync();
        Assert.Equal(["b", "b", "c"], world.Transport.Events.OfType<ExecutionEvent.Log>().Select(log => log.Message));
        Assert.Equal(3, world.Transport.Events.OfType<ExecutionEvent.Log>().Count());
        Assert.Equal(2, world.Transport.Events.OfType<ExecutionEvent.Log>().Select(log => log.EventId).Distinct().Count());
    }

    [Fact]
    public async Task Retry_after_is_honoured()
    {
        var world = new World(options => options with { RequestTimeout = TimeSpan.FromMinutes(1) });
        world.Transport.Next(_ => throw new TrackerException("full") { Status = 429, Transient = true, RetryAfter = TimeSpan.FromSeconds(17) });
        await using var execution = await world.StartAsync();
        var end = execution.CompleteAsync();
        await world.Transport.ReportAsync();
        await world.Clock.WhenScheduledAsync(TimeSpan.FromSeconds(17));
        world.Clock.Advance(TimeSpan.FromSeconds(16.9));
        Assert.Single(world.Transport.Reports);
        world.Clock.Advance(TimeSpan.FromSeconds(0.2));
        await end;
        Assert.Equal(2, world.Transport.Reports.Count);
    }

    [Fact]
    public async Task A_rejected_event_is_not_sent_again_and_the_others_are_kept()
    {
        var world = new World();
        world.Transport.Next(report => Answered(report, _ => (Result.Rejected, Code.Conflict)));
        await using var execution = await world.StartAsync();
        Assert.Equal(Code.Conflict, (await execution.PauseAsync()).Code);
        Assert.Equal(Result.Applied, (await execution.CompleteAsync()).Result);
        Assert.Equal(1, world.Tracker.Counters.Rejected);
        Assert.Equal(2, world.Transport.Reports.Count);
    }

    [Theory]
    [InlineData(Code.InvalidEvent)]
    [InlineData(Code.LimitExceeded)]
    public async Task A_refused_final_report_is_sent_again_without_payloads_under_its_id(Code code)
    {
        var world = new World();
        world.Transport.Next(report => Answered(report, _ => (Result.Rejected, code)));
        await using var execution = await world.StartAsync();
        Assert.Equal(Result.Applied, (await execution.CompleteAsync(new { rows = 1 })).Result);
        AssertReduced(world);
    }

    [Fact]
    public async Task A_final_report_that_is_too_large_is_sent_again_without_payloads()
    {
        var world = new World();
        world.Transport.Next(_ => throw new TrackerException("too large") { Status = 413, Code = "request_too_large" });
        await using var execution = await world.StartAsync();
        Assert.Equal(Result.Applied, (await execution.CompleteAsync(new { rows = 1 })).Result);
        AssertReduced(world);
    }

    [Fact]
    public async Task A_refused_start_gives_the_reason_and_is_not_retried()
    {
        var world = new World();
        world.Transport.OnCreate = _ => throw new TrackerException("held by another") { Status = 409, Code = "already_claimed" };
        Assert.Equal("already_claimed", (await Assert.ThrowsAsync<TrackerException>(() => world.StartAsync())).Code);
        Assert.Single(world.Transport.Created);
    }

    private static void AssertReduced(World world)
    {
        var ends = world.Transport.Events.OfType<ExecutionEvent.ExecutionCompleted>().ToArray();
        Assert.Equal(2, ends.Length);
        Assert.NotNull(ends[0].Output);
        Assert.Null(ends[1].Output);
        Assert.Equal((ends[0].EventId, ends[0].Outcome), (ends[1].EventId, ends[1].Outcome));
    }
}
