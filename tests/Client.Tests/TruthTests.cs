using System.Text;
using Xunit;
using static ExecutionGrains.Client.Tests.ScriptedTransport;

namespace ExecutionGrains.Client.Tests;

/// <summary>The SDK records no end that did not happen.</summary>
public sealed class TruthTests
{
    [Fact]
    public async Task D73_A_run_past_its_timeout_is_killed()
    {
        var world = new World();
        var run = world.Tracker.RunAsync("import", (_, ct) => Endless(ct), new() { Timeout = TimeSpan.FromSeconds(15) });
        world.Clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(StopReason.Deadline, (await Assert.ThrowsAsync<ExecutionStoppedException>(() => run)).Reason);
        Assert.Equal(
            (Outcome.Kill, """{"type":"timeout","message":"It ran past its timeout of 15 s."}"""), (world.Transport.End.Outcome, world.Transport.EndError));
    }

    [Fact]
    public async Task D73_A_run_whose_host_stops_is_cancelled_with_that_reason()
    {
        var world = new World();
        using var host = new CancellationTokenSource();
        var run = world.Tracker.RunAsync("import", (_, ct) => Endless(ct), cancellationToken: host.Token);
        await host.CancelAsync();
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.IsNotType<ExecutionStoppedException>(thrown);
        Assert.Equal(Outcome.Cancel, world.Transport.End.Outcome);
        Assert.Contains("the worker's host stopped", Encoding.UTF8.GetString(world.Transport.End.Error!).Replace("\\u0027", "'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task D73_An_execution_disposed_while_the_host_stops_is_cancelled_with_that_reason()
    {
        var world = new World();
        using var host = new CancellationTokenSource();
        await using (await world.Tracker.StartAsync("import", cancellationToken: host.Token))
        {
            await host.CancelAsync();
        }

        Assert.Equal(Outcome.Cancel, world.Transport.End.Outcome);
        Assert.Contains("host stopped", world.Transport.EndError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task D73_An_execution_disposed_past_its_timeout_is_killed()
    {
        var world = new World();
        await using (await world.StartAsync(new() { Timeout = TimeSpan.FromSeconds(15) }))
        {
            world.Clock.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.Equal(Outcome.Kill, world.Transport.End.Outcome);
    }

    [Fact]
    public async Task D73_A_requested_cancel_has_its_reason_in_the_report_and_in_the_exception()
    {
        var world = new World();
        world.Transport.Next(report => Answered(report, _ => (Result.Applied, null), new(true, "wrong input", false)));
        var stopped = await Assert.ThrowsAsync<ExecutionStoppedException>(() => world.Tracker.RunAsync("import", (execution, ct) =>
        {
            execution.Log("anything");
            return Endless(ct);
        }));
        Assert.Equal((StopReason.Cancelled, "wrong input"), (stopped.Reason, stopped.StopMessage));
        Assert.Equal(Outcome.Cancel, world.Transport.End.Outcome);
    }

    [Fact]
    public async Task D73_An_exception_of_the_work_is_a_fail_including_its_own_cancellation()
    {
        var world = new World();
        await Assert.ThrowsAsync<InvalidDataException>(() => world.Tracker.RunAsync("import", (_, _) => throw new InvalidDataException("no such table")));
        Assert.Equal(
            (Outcome.Fail, """{"type":"System.IO.InvalidDataException","message":"no such table"}"""), (world.Transport.End.Outcome, world.Transport.EndError));
        await Assert.ThrowsAsync<TaskCanceledException>(
            () => world.Tracker.RunAsync("import", (_, _) => throw new TaskCanceledException("the HTTP client's own time-out")));
        Assert.Equal(Outcome.Fail, world.Transport.End.Outcome);
    }

    [Fact]
    public async Task A_run_whose_end_is_refused_still_gives_its_result()
    {
        var world = new World();
        world.Transport.OnReport = _ => throw new TrackerException("403 forbidden") { Status = 403, Code = "forbidden" };
        Assert.Equal(42, await world.Tracker.RunAsync("import", (_, _) => Task.FromResult(42)));
        Assert.Equal(1, world.Tracker.Counters.Abandoned);
    }

    [Fact]
    public async Task An_answer_to_a_heartbeat_that_reports_our_own_end_stops_nothing()
    {
        var world = new World();
        var beat = new TaskCompletionSource<ReportReply>();
        var end = new TaskCompletionSource<ReportReply>();
        await using var execution = await world.StartAsync(new() { HeartbeatTimeout = TimeSpan.FromSeconds(30) });
        world.Transport.NextAsync(_ => beat.Task);
        world.Transport.NextAsync(_ => end.Task);
        world.Clock.Advance(TimeSpan.FromSeconds(10));
        var beaten = await world.Transport.ReportAsync();
        var ending = execution.CompleteAsync();
        var ended = await world.Transport.ReportAsync();
        beat.SetResult(Answered(beaten, _ => (Result.Late, null), status: ExecutionStatus.Succeeded));
        Assert.Equal(ExecutionStatus.Succeeded, execution.Status);
        end.SetResult(Applied(ended));
        await ending;
        Assert.Equal((StopReason.None, false), (execution.StopReason, execution.Cancellation.IsCancellationRequested));
    }

    [Fact]
    public async Task D75_A_run_needs_no_result()
    {
        var world = new World();
        await world.Tracker.RunAsync("import", async (execution, ct) => await execution.LogAsync("line", cancellationToken: ct));
        Assert.Equal(Outcome.Success, world.Transport.End.Outcome);
        Assert.Null(world.Transport.End.Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task D78_An_execution_disposed_while_its_pause_is_unanswered_stays_paused_unless_the_pause_is_refused(bool refused)
    {
        var world = new World();
        var answer = new TaskCompletionSource<ReportReply>();
        world.Transport.NextAsync(_ => answer.Task);
        var execution = await world.StartAsync();
        using var impatient = new CancellationTokenSource();
        var pause = execution.PauseAsync("approval", impatient.Token);
        var sent = await world.Transport.ReportAsync();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pause);
        var disposal = execution.DisposeAsync().AsTask();
        answer.SetResult(Answered(sent, _ => refused ? (Result.Rejected, Code.InvalidTransition) : (Result.Applied, null)));
        await disposal;
        Assert.Equal(refused ? ["execution.paused", "execution.completed"] : ["execution.paused"], world.Transport.Events.Select(one => one.Type));
    }

    [Fact]
    public async Task D79_A_start_that_is_cancelled_after_the_tracker_stored_it_is_ended()
    {
        var world = new World();
        var grant = new TaskCompletionSource<ExecutionGrant>();
        world.Transport.OnCreateAsync = _ => grant.Task;
        using var cancel = new CancellationTokenSource();
        var starting = world.Tracker.StartAsync("import", cancellationToken: cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
        grant.SetResult(Granted());
        Assert.Equal(Outcome.Cancel, Assert.IsType<ExecutionEvent.ExecutionCompleted>((await world.Transport.ReportAsync()).Events.Single()).Outcome);
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Single(world.Transport.Reports);
    }

    [Fact]
    public async Task D79_A_start_that_was_cancelled_before_it_began_is_never_sent()
    {
        var world = new World();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => world.Tracker.StartAsync("import", cancellationToken: new CancellationToken(true)));
        Assert.Empty(world.Transport.Created);
    }

    [Fact]
    public async Task D81_A_deadline_does_not_fire_while_a_pause_is_in_flight_and_the_resume_is_sent()
    {
        var world = new World();
        var answer = new TaskCompletionSource<ReportReply>();
        world.Transport.NextAsync(_ => answer.Task);
        await using var execution = await world.StartAsync(new() { Timeout = TimeSpan.FromSeconds(15), HeartbeatTimeout = null });
        world.Clock.Advance(TimeSpan.FromSeconds(14));
        var pause = execution.PauseAsync();
        var sent = await world.Transport.ReportAsync();
        world.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(StopReason.None, execution.StopReason);
        answer.SetResult(Applied(sent));
        await pause;
        Assert.Equal(Result.Applied, (await execution.ResumeAsync()).Result);
        world.Clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(StopReason.Deadline, execution.StopReason);
    }

    [Fact]
    public async Task D81_A_refused_pause_leaves_the_deadline_unchanged()
    {
        var world = new World();
        var answer = new TaskCompletionSource<ReportReply>();
        world.Transport.NextAsync(_ => answer.Task);
        await using var execution = await world.StartAsync(new() { Timeout = TimeSpan.FromSeconds(15), HeartbeatTimeout = null });
        world.Clock.Advance(TimeSpan.FromSeconds(10));
        var pause = execution.PauseAsync();
        answer.SetResult(Answered(await world.Transport.ReportAsync(), _ => (Result.Rejected, Code.InvalidTransition)));
        await pause;
        world.Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(StopReason.None, execution.StopReason);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(StopReason.Deadline, execution.StopReason);
    }

    [Theory]
    [InlineData(-62)]
    [InlineData(62)]
    [InlineData(-20)]
    public async Task D82_A_claim_sends_heartbeats_in_time_even_if_its_own_clock_is_wrong(int wrongBySeconds)
    {
        var world = new World();
        world.Transport.Claimed = world.Transport.Claimed with { LeaseExpiresAt = world.Clock.GetUtcNow().AddSeconds(3 - wrongBySeconds) };
        await using var execution = await world.Tracker.ClaimAsync(new("there-already"));
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains(world.Transport.Events, sent => sent is ExecutionEvent.Heartbeat);
    }

    [Fact]
    public async Task D82_The_trackers_lease_is_used()
    {
        var world = new World();
        world.Transport.Claimed = world.Transport.Claimed with { LeaseExpiresAt = world.Clock.GetUtcNow().AddSeconds(500), Lease = TimeSpan.FromSeconds(9) };
        await using var execution = await world.Tracker.ClaimAsync(new("there-already"));
        world.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(3, world.Transport.Events.OfType<ExecutionEvent.Heartbeat>().Count());
    }

    [Fact]
    public async Task D75_A_second_start_of_an_id_that_runs_in_this_process_is_refused_until_the_first_has_ended()
    {
        var world = new World();
        var first = await world.StartAsync(new() { ExecutionId = "one" });
        Assert.Equal("already_claimed", (await Assert.ThrowsAsync<TrackerException>(() => world.StartAsync(new() { ExecutionId = "one" }))).Code);
        Assert.Equal("already_claimed", (await Assert.ThrowsAsync<TrackerException>(() => world.Tracker.ClaimAsync(new("one")))).Code);
        await first.CompleteAsync();
        await first.DisposeAsync();
        await using var again = await world.StartAsync(new() { ExecutionId = "one" });
        Assert.Equal(2, world.Transport.Created.Count);
    }

    [Fact]
    public async Task D75_Events_use_the_ids_and_times_of_an_engine_that_replays()
    {
        var at = new DateTimeOffset(2026, 11, 20, 1, 2, 3, TimeSpan.Zero);
        var world = new World();
        await using var execution = await world.StartAsync(new() { StartedAt = at });
        await using (var step = await execution.BeginStepAsync("extract", new() { StepId = "s1", Identity = new("e1", at) }))
        {
            step.Log("line", identity: new("e2", at));
            await step.CompleteAsync(identity: new("e3", at));
        }

        await execution.PauseAsync(identity: new("e4", at));
        await execution.ResumeAsync(identity: new("e5", at));
        await execution.CompleteAsync(identity: new("e6", at));
        Assert.Equal(["e1", "e2", "e3", "e4", "e5", "e6"], world.Transport.Events.Select(sent => sent.EventId));
        Assert.All(world.Transport.Events, sent => Assert.Equal(at, sent.At));
        Assert.Equal(at, world.Transport.Created.Single().StartAt);
    }

    [Fact]
    public async Task D75_Invalid_characters_in_texts_and_names_are_replaced()
    {
        var world = new World();
        await using var execution = await world.Tracker.StartAsync(
            "nightly\nimport", new() { Labels = new Dictionary<string, string> { ["re\tgion"] = "e\0u", ["empty"] = "" } });
        execution.Log("a\0b\nc\ud800");
        await execution.StepAsync("load\r\nrows", (_, _) => Task.CompletedTask, new() { BlockType = "s\0q", StepId = new string('s', 300) });
        await execution.PauseAsync("a\0b");
        await execution.ResumeAsync();
        await execution.FailAsync("x\0y");
        Assert.Equal("nightly import", world.Transport.Created.Single().Facts.Workflow);
        Assert.Equal(new() { ["re gion"] = "e\uFFFDu", ["empty"] = "" }, world.Transport.Created.Single().Facts.Labels);
        Assert.Contains("a\uFFFDb\nc\uFFFD", world.Transport.Lines);
        var step = world.Transport.Events.OfType<ExecutionEvent.StepStarted>().Single();
        Assert.Equal(("load  rows", "s\uFFFDq", 256), (step.Block, step.BlockType, step.StepId.Length));
    }

    [Fact]
    public async Task D75_D76_An_output_that_cannot_be_serialized_becomes_a_note_and_the_outcome_is_kept()
    {
        object deep = "x";
        for (var i = 0; i < 70; i++)
        {
            deep = new[] { deep };
        }

        foreach (var output in (object[])[new Cyclic(), new Throwing(), deep, Deep(62), float.NaN])
        {
            var world = new World();
            await using var execution = await world.StartAsync();
            Assert.Equal(Result.Applied, (await execution.CompleteAsync(output)).Result);
            Assert.Equal(Outcome.Success, world.Transport.End.Outcome);
            Assert.StartsWith("\"[not recorded: a ", Encoding.UTF8.GetString(world.Transport.End.Output!), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task D75_A_payload_of_2_MB_is_cut_to_the_trackers_limit()
    {
        var world = new World();
        await using var execution = await world.StartAsync();
        await execution.CompleteAsync(new { text = new string('"', 2_000_000) });
        var output = System.Text.Json.JsonDocument.Parse(world.Transport.End.Output!).RootElement.GetString()!;
        Assert.InRange(world.Transport.End.Output!.Length, 60_000, 65_536);
        Assert.StartsWith("{\"text\":\"", output, StringComparison.Ordinal);
        Assert.EndsWith("[truncated]", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task D75_A_413_from_a_proxy_cuts_the_payload_until_it_passes()
    {
        var world = new World();
        world.Transport.OnReport = report => report.Events.OfType<ExecutionEvent.ExecutionCompleted>().Any(end => end.Output?.Length > 10_000)
            ? throw new TrackerException("413 Request Entity Too Large") { Status = 413, Transient = true }
            : Task.FromResult(Applied(report));
        await using var execution = await world.StartAsync();
        execution.Log("goes with it");
        var end = execution.CompleteAsync(new string('x', 60_000));
        for (var i = 0; i < 5 && !end.IsCompleted; i++)
        {
            world.Clock.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(Result.Applied, (await end).Result);
        Assert.InRange(world.Transport.End.Output!.Length, 1_000, 10_000);
        Assert.Contains("goes with it", world.Transport.Lines);
    }

    [Fact]
    public async Task D75_Outputs_that_are_not_recorded_are_mentioned_once()
    {
        var world = new World();
        await using var execution = await world.StartAsync();
        await execution.StepAsync("one", (_, _) => Task.FromResult(1), new() { Input = 2 });
        await execution.StepAsync("two", (_, _) => Task.FromResult(1));
        await execution.CompleteAsync();
        Assert.Contains("ExplicitTrace", Assert.Single(world.Transport.Lines), StringComparison.Ordinal);
        var quiet = new World();
        await using var other = await quiet.StartAsync();
        await other.StepAsync("one", (_, _) => Task.CompletedTask);
        await other.CompleteAsync();
        Assert.Empty(quiet.Transport.Lines);
    }

    private static async Task<int> Endless(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken); // allowed: it ends only by cancellation
        return 0;
    }

    private static System.Text.Json.Nodes.JsonNode Deep(int depth)
    {
        System.Text.Json.Nodes.JsonNode node = 1;
        for (var i = 0; i < depth; i++)
        {
            node = new System.Text.Json.Nodes.JsonArray(node);
        }

        return node;
    }

    private sealed class Cyclic
    {
        public Cyclic Self => this;
    }

    private sealed class Throwing
    {
        public int Value => throw new InvalidOperationException("not now");
    }
}
