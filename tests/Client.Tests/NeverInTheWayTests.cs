using Xunit;
using static ExecutionGrains.Client.Tests.ScriptedTransport;

namespace ExecutionGrains.Client.Tests;

/// <summary>The SDK neither delays the work nor loses events that it could have sent.</summary>
public sealed class NeverInTheWayTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static World Awaiting(Func<TrackerOptions, TrackerOptions>? configure = null) =>
        new(options => (configure?.Invoke(options) ?? options) with { AnswerTimeout = Second });

    private static Task<ReportReply> Never(EventReport report) => new TaskCompletionSource<ReportReply>().Task;

    [Fact]
    public async Task D70_Log_never_waits_and_one_line_says_how_many_were_dropped()
    {
        var world = Awaiting(options => options with { BufferBytes = 64 << 10 });
        world.Transport.OnReport = Never;
        var execution = await world.StartAsync();
        for (var i = 0; i < 1_500; i++)
        {
            execution.Log($"line {i} {new string('x', 200)}");
        }

        Assert.InRange(world.Tracker.Counters.LogLinesDropped, 1_300, 1_499);
        world.Transport.OnReport = null;
        world.Clock.Advance(TimeSpan.FromSeconds(30));
        await execution.CompleteAsync();
        var sent = Sent(world).OfType<ExecutionEvent.Log>().ToArray();
        var dropped = world.Tracker.Counters.LogLinesDropped;
        Assert.Equal($"{dropped} log lines were dropped here: the worker's buffer was full.", Assert.Single(sent, log => log.Level == Severity.Warn).Message);
        Assert.Equal(1_500 + 1, sent.Length + dropped);
        Assert.Equal(Severity.Warn, sent.Last().Level);
    }

    [Fact]
    public async Task D70_A_starved_thread_pool_delays_no_heartbeat()
    {
        var beats = new CountdownEvent(5);
        var transport = new ScriptedTransport
        {
            OnReport = report =>
            {
                if (report.Events[0] is ExecutionEvent.Heartbeat && !beats.IsSet)
                {
                    beats.Signal();
                }

                return Task.FromResult(Applied(report));
            },
        };
        await using var tracker = new ExecutionTracker(transport);
        await using var execution = await tracker.StartAsync("import", new() { HeartbeatTimeout = Second });
        using var free = new ManualResetEventSlim();
        var blocked = Enumerable.Range(0, 200).Select(_ => Task.Run(free.Wait)).ToArray();

        // This thread belongs to the pool too, and waits without giving it back.
        Assert.True(beats.Wait(TimeSpan.FromSeconds(10)));
        free.Set();
        await Task.WhenAll(blocked);
    }

    [Fact]
    public async Task D70_A_step_waits_a_second_for_buffer_space_and_is_then_queued_without_its_payload()
    {
        var world = Awaiting(options => options with { BufferBytes = 64 << 10 });
        world.Transport.OnReport = Never;
        var execution = await world.StartAsync(new() { ExplicitTrace = true });
        Fill(execution);
        var step = execution.BeginStepAsync("extract", new() { Input = new string('x', 5_000) });
        Assert.False(step.IsCompleted);
        world.Clock.Advance(Second);
        await using var begun = await step;
        await begun.CompleteAsync("y");
        world.Transport.OnReport = null;
        world.Clock.Advance(TimeSpan.FromSeconds(30));
        await execution.CompleteAsync();
        var sent = Sent(world);
        Assert.Null(Assert.Single(sent.OfType<ExecutionEvent.StepStarted>()).Input);
        Assert.Single(sent.OfType<ExecutionEvent.StepCompleted>());
    }

    [Fact]
    public async Task D70_A_waiting_step_is_queued_as_soon_as_there_is_space()
    {
        var world = Awaiting(options => options with { BufferBytes = 64 << 10 });
        var answer = new TaskCompletionSource<ReportReply>();
        world.Transport.NextAsync(_ => answer.Task);
        await using var execution = await world.StartAsync(new() { ExplicitTrace = true });
        execution.Log("in flight");
        var first = await world.Transport.ReportAsync();
        Fill(execution);
        var step = execution.BeginStepAsync("extract", new() { Input = new string('x', 5_000) });
        Assert.False(step.IsCompleted);
        answer.SetResult(Applied(first));
        await (await step).DisposeAsync();
        await execution.CompleteAsync();
        Assert.NotNull(Assert.Single(world.Transport.Events.OfType<ExecutionEvent.StepStarted>()).Input);
    }

    [Fact]
    public async Task D70_A_step_that_waits_for_shared_bytes_is_queued_as_soon_as_another_execution_frees_some()
    {
        var world = Awaiting(options => options with { BufferBytes = 1 << 20, BufferBytesTotal = 64 << 10 });
        var answer = new TaskCompletionSource<ReportReply>();
        world.Transport.NextAsync(_ => answer.Task);
        await using var one = await world.StartAsync();
        one.Log("in flight");
        var first = await world.Transport.ReportAsync();
        Fill(one);
        await using var other = await world.StartAsync(new() { ExplicitTrace = true });
        var step = other.BeginStepAsync("extract", new() { Input = new string('x', 5_000) });
        Assert.False(step.IsCompleted);
        answer.SetResult(Applied(first));
        await (await step).DisposeAsync();
        await other.CompleteAsync();
        await one.CompleteAsync();
        Assert.NotNull(Assert.Single(world.Transport.Events.OfType<ExecutionEvent.StepStarted>()).Input);
    }

    [Fact]
    public async Task D70_All_executions_share_a_limit()
    {
        var world = Awaiting(options => options with { BufferBytes = 1 << 20, BufferBytesTotal = 64 << 10 });
        world.Transport.OnReport = Never;
        var one = await world.StartAsync();
        Fill(one);
        var other = await world.StartAsync();
        other.Log("x");
        Assert.True(world.Tracker.Counters.LogLinesDropped > 0);
        world.Transport.OnReport = null;
        world.Clock.Advance(TimeSpan.FromSeconds(30));
        await one.CompleteAsync();
        await other.CompleteAsync();
        other = await world.StartAsync();
        other.Log("there is room again");
        await other.CompleteAsync();
        Assert.Contains("there is room again", world.Transport.Lines);
    }

    [Fact]
    public async Task D74_A_start_without_an_answer_delays_the_work_by_a_second_and_is_recorded_later()
    {
        var world = Awaiting();
        world.Transport.OnCreateAsync = _ => new TaskCompletionSource<ExecutionGrant>().Task;
        var starting = world.StartAsync();
        Assert.False(starting.IsCompleted);
        world.Clock.Advance(Second);
        var execution = await starting;
        Assert.False(execution.IsTracked);
        execution.Log("without a tracker");
        Assert.Equal(Result.Retry, (await execution.CompleteAsync(new { rows = 1 })).Result);
        await execution.DisposeAsync();
        Assert.Empty(world.Transport.Reports);
        Assert.Equal(1, world.Tracker.Counters.StartedUntracked);

        world.Transport.OnCreateAsync = null;
        world.Clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(Result.Applied, (await execution.DeliveredAsync()).Result);
        Assert.Equal(["log", "execution.completed"], world.Transport.Events.Select(sent => sent.Type));
        Assert.Equal(world.Transport.Created[0].StartAt, world.Transport.Created.Last().StartAt);
    }

    [Fact]
    public async Task D74_Once_the_tracker_is_known_to_be_unavailable_nothing_waits_for_it()
    {
        var world = Awaiting();
        world.Transport.OnCreateAsync = _ => new TaskCompletionSource<ExecutionGrant>().Task;
        var starting = world.StartAsync();
        world.Clock.Advance(Second);
        await starting;
        var second = await world.StartAsync();
        await second.StepAsync("extract", (_, _) => Task.CompletedTask);
        await second.CompleteAsync();
        await second.DisposeAsync();
        await world.Tracker.RunAsync("import", (_, _) => Task.FromResult(1));
    }

    [Fact]
    public async Task D74_The_first_answer_ends_every_pause_between_two_attempts()
    {
        var world = Awaiting(options => options with { RetryDelay = TimeSpan.FromMinutes(4), RetryDelayMax = TimeSpan.FromMinutes(5) });
        world.Transport.OnCreateAsync = _ => throw new IOException("refused");
        List<ExecutionHandle> executions = [];
        for (var i = 0; i < 10; i++)
        {
            var starting = world.StartAsync();
            world.Clock.Advance(Second);
            executions.Add(await starting);
        }

        world.Transport.OnCreateAsync = null;
        await world.StartAsync();
        Assert.All(executions, execution => Assert.True(execution.IsTracked));
    }

    [Fact]
    public async Task D74_A_start_that_is_refused_because_another_worker_runs_it_stops_work_that_has_begun()
    {
        var world = Awaiting();
        var grant = new TaskCompletionSource<ExecutionGrant>();
        world.Transport.OnCreateAsync = _ => grant.Task;
        var starting = world.StartAsync();
        world.Clock.Advance(Second);
        var execution = await starting;
        grant.SetException(new TrackerException("held by another") { Code = "already_claimed", Status = 409 });
        await World.FiredAsync(execution.Cancellation);
        Assert.Equal(StopReason.Fenced, execution.StopReason);
        await execution.DisposeAsync();
    }

    [Fact]
    public async Task An_end_is_sent_even_after_a_long_outage_of_the_tracker()
    {
        var world = Awaiting();
        var execution = await world.StartAsync();
        world.Transport.OnReport = _ => throw new IOException("refused");
        var end = execution.CompleteAsync(new { rows = 1 });
        world.Clock.Advance(Second);
        Assert.Equal(Result.Retry, (await end).Result);
        await execution.DisposeAsync();
        world.Clock.Advance(TimeSpan.FromHours(3));
        world.Transport.OnReport = null;
        world.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(Result.Applied, (await execution.DeliveredAsync()).Result);
        Assert.Equal("""{"rows":1}"""u8.ToArray(), world.Transport.End.Output);
    }

    [Fact]
    public async Task Disposing_the_tracker_waits_for_an_end_in_flight()
    {
        var world = Awaiting();
        var execution = await world.StartAsync();
        world.Transport.OnReport = _ => throw new IOException("refused");
        var end = execution.CompleteAsync();
        world.Clock.Advance(Second);
        await end;
        var disposal = world.Tracker.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        world.Transport.OnReport = null;
        world.Clock.Advance(TimeSpan.FromSeconds(5));
        await disposal;
        Assert.Equal(Outcome.Success, world.Transport.End.Outcome);
        Assert.Equal(0, world.Tracker.Counters.Abandoned);
    }

    [Fact]
    public async Task Disposing_the_tracker_gives_up_after_its_timeout_and_counts_lost_events()
    {
        var world = Awaiting();
        var execution = await world.StartAsync();
        world.Transport.OnReport = Never;
        var end = execution.CompleteAsync();
        world.Clock.Advance(Second);
        await end;
        var disposal = world.Tracker.DisposeAsync().AsTask();
        world.Clock.Advance(TimeSpan.FromSeconds(10));
        await disposal;
        Assert.Equal(1, world.Tracker.Counters.Abandoned);
        await Assert.ThrowsAsync<TrackerException>(() => execution.DeliveredAsync());
    }

    [Fact]
    public async Task D77_A_request_that_hangs_does_not_let_a_lease_expire()
    {
        var world = Awaiting();
        var execution = await world.StartAsync(new() { HeartbeatTimeout = TimeSpan.FromSeconds(3) });
        world.Transport.NextAsync(Never);
        execution.Log("hangs");
        await world.Transport.ReportAsync();
        for (var i = 1; i <= 6; i++)
        {
            world.Clock.Advance(Second);
            Assert.Equal(i, world.Transport.Events.OfType<ExecutionEvent.Heartbeat>().Count());
        }
    }

    [Fact]
    public async Task D77_Heartbeats_that_hang_are_given_up_in_time_for_two_more_within_the_lease()
    {
        var world = Awaiting();
        world.Transport.OnReport = Never;
        await using var execution = await world.StartAsync(new() { HeartbeatTimeout = TimeSpan.FromSeconds(12) });
        world.Clock.Advance(TimeSpan.FromSeconds(11.9));
        Assert.Equal(3, world.Transport.Events.OfType<ExecutionEvent.Heartbeat>().Count());
        world.Transport.OnReport = null;
    }

    [Fact]
    public async Task D77_A_create_that_hangs_is_repeated_within_a_short_lease()
    {
        var world = Awaiting();
        world.Transport.OnCreateAsync = _ => new TaskCompletionSource<ExecutionGrant>().Task;
        var starting = world.StartAsync(new() { HeartbeatTimeout = TimeSpan.FromSeconds(3) });
        world.Clock.Advance(TimeSpan.FromSeconds(2.9));
        await starting;
        Assert.InRange(world.Transport.Created.Count, 2, 4);
    }

    [Fact]
    public async Task D76_An_event_that_cannot_be_serialized_is_dropped_and_blocks_no_other()
    {
        var world = Awaiting();
        world.Transport.OnReport = report => report.Events.OfType<ExecutionEvent.Log>().Any(log => log.Message == "poison")
            ? throw new TrackerException("cannot be written") { Code = "invalid_request" }
            : Task.FromResult(Applied(report));
        await using var execution = await world.StartAsync();
        execution.Log("before");
        execution.Log("poison");
        execution.Log("after");
        Assert.Equal(Result.Applied, (await execution.CompleteAsync()).Result);
        Assert.Contains("after", world.Transport.Lines);
    }

    [Fact]
    public async Task D71_A_report_that_a_proxy_always_refuses_does_not_block_later_ones_forever()
    {
        var world = Awaiting();
        world.Transport.OnReport = report => report.Events.OfType<ExecutionEvent.Log>()
            .Any(log => log.Message.StartsWith("DROP TABLE", StringComparison.Ordinal))
            ? throw new TrackerException("403 Forbidden") { Status = 403, Transient = true }
            : Task.FromResult(Applied(report));
        await using var execution = await world.StartAsync(new() { HeartbeatTimeout = TimeSpan.FromSeconds(3) });
        execution.Log("DROP TABLE students");
        execution.Log("after");
        var end = execution.CompleteAsync();
        world.Clock.Advance(TimeSpan.FromMinutes(3));
        await end;
        Assert.Equal(Result.Applied, (await execution.DeliveredAsync()).Result);
        Assert.Contains("after", world.Transport.Lines);
    }

    [Fact]
    public async Task D80_Nothing_waits_for_long_after_the_signal_fired()
    {
        var world = Awaiting(options => options with { BufferBytes = 64 << 10 });
        world.Transport.Next(report => Answered(report, _ => (Result.Applied, null), new(true, "why", false)));
        world.Transport.OnReport = Never;
        var execution = await world.StartAsync();
        execution.Log("hears of the cancel");
        await World.FiredAsync(execution.Cancellation);
        Fill(execution);
        execution.Log("dropped");
        var line = execution.LogAsync("waits").AsTask();
        world.Clock.Advance(Second);
        await line;
    }

    private static void Fill(ExecutionHandle execution)
    {
        for (var i = 0; i < 200; i++)
        {
            execution.Log($"{i} {new string('x', 300)}");
        }
    }

    /// <summary>Each event once, in the form that was sent last.</summary>
    private static ExecutionEvent[] Sent(World world) =>
        [.. world.Transport.Events.Where(sent => sent.EventId is not null).GroupBy(sent => sent.EventId).Select(same => same.Last())];
}
