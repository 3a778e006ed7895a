using Xunit;
using static ExecutionGrains.Client.Tests.ScriptedTransport;

namespace ExecutionGrains.Client.Tests;

public sealed class ExecutionTests
{
    [Fact]
    public async Task A_step_is_reported_with_its_start_its_logs_and_its_end_in_order()
    {
        var world = new World();
        await using var execution = await world.StartAsync();
        var rows = await execution.StepAsync("extract", (step, ct) =>
        {
            step.Log("42 files");
            return Task.FromResult(42);
        });
        var answer = await execution.CompleteAsync(new { rows });

        Assert.Equal(Result.Applied, answer.Result);
        Assert.Equal(["step.started", "log", "log", "step.completed", "execution.completed"], world.Transport.Events.Select(sent => sent.Type));
        Assert.Equal("""{"rows":42}"""u8.ToArray(), world.Transport.Events.OfType<ExecutionEvent.ExecutionCompleted>().Single().Output);
        Assert.Equal(1, world.Transport.InFlightMax);
    }

    [Fact]
    public async Task Events_keep_their_order_with_one_request_in_flight_and_several_events_in_each()
    {
        var world = new World();
        await using var execution = await world.StartAsync();
        for (var i = 0; i < 5_000; i++)
        {
            await execution.LogAsync($"{i}");
        }

        await execution.CompleteAsync();
        Assert.Equal(Enumerable.Range(0, 5_000).Select(i => $"{i}"), world.Transport.Events.OfType<ExecutionEvent.Log>().Select(log => log.Message));
        Assert.Equal(1, world.Transport.InFlightMax);
        Assert.All(world.Transport.Reports, report => Assert.InRange(report.Events.Length, 1, 502));
    }

    [Fact]
    public async Task D73_A_step_that_throws_ends_as_fail_with_type_and_message_and_throws_on()
    {
        var world = new World();
        await using var execution = await world.StartAsync();
        await Assert.ThrowsAsync<InvalidDataException>(() => execution.StepAsync("load", (_, _) => throw new InvalidDataException("no such table")));
        await execution.CompleteAsync();

        var end = world.Transport.Events.OfType<ExecutionEvent.StepCompleted>().Single();
        Assert.Equal(StepOutcome.Fail, end.Outcome);
        Assert.Equal("""{"type":"System.IO.InvalidDataException","message":"no such table"}"""u8.ToArray(), end.Error);
    }

    [Fact]
    public async Task A_step_within_a_step_names_its_parent()
    {
        var world = new World();
        await using var execution = await world.StartAsync();
        await execution.StepAsync("outer", (outer, _) => outer.StepAsync("inner", (_, _) => Task.CompletedTask));
        await execution.CompleteAsync();

        var started = world.Transport.Events.OfType<ExecutionEvent.StepStarted>().ToArray();
        Assert.Equal(started[0].StepId, started[1].ParentStepId);
    }

    [Fact]
    public async Task Step_payloads_are_sent_only_under_an_explicit_trace()
    {
        foreach (var trace in (bool[])[false, true])
        {
            var world = new World();
            await using var execution = await world.StartAsync(new() { ExplicitTrace = trace });
            await execution.StepAsync("extract", (_, _) => Task.FromResult("secret"), new() { Input = "secret" });
            await execution.CompleteAsync();
            Assert.Equal(trace, world.Transport.Events.OfType<ExecutionEvent.StepStarted>().Single().Input is not null);
            Assert.Equal(trace, world.Transport.Events.OfType<ExecutionEvent.StepCompleted>().Single().Output is not null);
        }
    }

    [Fact]
    public async Task An_execution_disposed_without_an_end_is_reported_as_exception()
    {
        var world = new World();
        await using (await world.StartAsync())
        {
        }

        Assert.Equal(Outcome.Exception, Assert.IsType<ExecutionEvent.ExecutionCompleted>(world.Transport.Events.Last()).Outcome);
    }

    [Fact]
    public async Task An_execution_disposed_while_paused_stays_paused()
    {
        var world = new World();
        await using (var execution = await world.StartAsync())
        {
            await execution.PauseAsync("approval");
        }

        Assert.Equal(["execution.paused"], world.Transport.Events.Select(sent => sent.Type));
    }

    [Fact]
    public async Task A_second_end_returns_the_answer_of_the_first_and_sends_nothing()
    {
        var world = new World();
        await using var execution = await world.StartAsync();
        var first = await execution.CompleteAsync();
        Assert.Same(first, await execution.FailAsync("too late"));
        Assert.Single(world.Transport.Events);
    }

    [Fact]
    public async Task Log_lines_after_the_end_are_counted_and_otherwise_ignored()
    {
        var world = new World();
        await using var execution = await world.StartAsync();
        await execution.CompleteAsync();
        execution.Log("too late");
        Assert.Equal(1, world.Tracker.Counters.Abandoned);
        Assert.Single(world.Transport.Events);
    }

    [Fact]
    public async Task S33_pending_progress_and_new_events_are_sent_before_the_end()
    {
        var world = new World();
        var release = new TaskCompletionSource();
        world.Transport.NextAsync(async report =>
        {
            await release.Task;
            return Applied(report);
        });
        await using var execution = await world.StartAsync();
        execution.Log("first");
        await world.Transport.ReportAsync();
        execution.Report(40, "4 of 10");
        execution.Log("second");
        var end = execution.CompleteAsync();
        execution.Report(100, "10 of 10");
        release.SetResult();
        await end;

        Assert.Equal(["log", "log", "heartbeat", "execution.completed"], world.Transport.Events.Select(sent => sent.Type));
        Assert.Equal(new Progress(100, "10 of 10"), world.Transport.Events.OfType<ExecutionEvent.Heartbeat>().Single().Progress);
    }

    [Fact]
    public async Task A_claim_starts_the_claimed_execution_in_its_epoch()
    {
        var world = new World();
        await using var execution = await world.Tracker.ClaimAsync(new("there-already"));
        await execution.CompleteAsync();
        Assert.Equal(["execution.started", "execution.completed"], world.Transport.Events.Select(sent => sent.Type));
        Assert.All(world.Transport.Reports, report => Assert.Equal(2, report.Epoch));
    }

    [Fact]
    public async Task A_fresh_run_token_is_used_from_then_on()
    {
        var world = new World();
        world.Transport.Next(report => Applied(report) with { Token = "token-2" });
        await using var execution = await world.StartAsync();
        await execution.PauseAsync();
        await execution.ResumeAsync();
        await execution.CompleteAsync();
        Assert.Equal(["token-1", "token-2", "token-2"], world.Transport.Tokens);
    }
}
