using ExecutionGrains.Storage.Commits;
using static ExecutionGrains.Grains.Tests.World;

namespace ExecutionGrains.Grains.Tests.Execution;

/// <summary>The actor's queue: one commit in flight, waiting calls are merged, and an overload is refused.</summary>
public sealed class ExecutionActorTests : IDisposable
{
    private readonly World _w = new();

    public void Dispose() => _w.Dispose();

    [Fact]
    public async Task An_answer_is_given_only_once_its_commit_is_durable()
    {
        var actor = await _w.Running();
        _w.Queue.Hold();

        var answer = await _w.BeginReport(actor, StepStart("s1"));
        Assert.False(answer.IsCompleted);
        Assert.Empty(_w.Rows().Steps);
        _w.Queue.Release();

        Assert.Equal(Result.Applied, Assert.Single((await answer).Results).Result);
        Assert.Single(_w.Rows().Steps);
    }

    [Fact]
    public async Task Calls_that_arrive_while_a_commit_is_in_flight_form_the_next_append_in_their_order()
    {
        var actor = await _w.Running();
        _w.Queue.Hold();
        var first = await _w.BeginReport(actor, StepStart("s1"));
        var end = await _w.BeginReport(actor, End());
        var late = await _w.BeginReport(actor, StepStart("s2"));
        var cancel = await _w.Begin(() => actor.CancelAsync(null, Caller.Local));
        Assert.Equal(2, _w.Queue.Submitted.Count);

        _w.Queue.Release();

        Assert.Equal(Result.Applied, (await first).Results[0].Result);
        Assert.Equal(Result.Applied, (await end).Results[0].Result);
        Assert.Equal(Result.Late, (await late).Results[0].Result);
        Assert.Equal(Code.AlreadyFinished, (await cancel).Code);
        Assert.Equal(3, _w.Queue.Submitted.Count);
        Assert.Equal((3, ExecutionStatus.Succeeded), (_w.State().Revision, _w.State().Status));
    }

    [Fact]
    public async Task An_append_contains_whole_calls_up_to_its_limit_and_a_larger_call_is_committed_alone()
    {
        _w.Services = _w.Services with { CommandsInAppendMax = 3 };
        var actor = await _w.Running();
        _w.Queue.Hold();
        var answers = new List<Task<ReportAnswer>> { await _w.BeginReport(actor, StepStart("s0")) };
        foreach (var size in new[] { 2, 1, 2, 5 })
        {
            answers.Add(await _w.BeginReport(actor, [.. Enumerable.Range(0, size).Select(i => StepStart($"{size}-{answers.Count}-{i}"))]));
        }

        _w.Queue.Release();

        Assert.All(await Task.WhenAll(answers), a => Assert.All(a.Results, r => Assert.Equal(Result.Applied, r.Result)));
        Assert.Equal([1, 3, 2, 5], _w.Queue.Submitted.Skip(1).Select(append => append.NewSteps.Count));
    }

    [Fact]
    public async Task A_call_is_refused_as_overloaded_while_too_many_commands_wait_and_later_ones_are_accepted()
    {
        _w.Services = _w.Services with { CommandsWaitingMax = 2 };
        var actor = await _w.Running();
        _w.Queue.Hold();
        var inFlight = await _w.BeginReport(actor, StepStart("s1"));
        var waiting = await _w.BeginReport(actor, StepStart("s2"), StepStart("s3"), StepStart("s4"));

        Assert.Equal(Code.Overloaded, (await _w.Report(actor, StepStart("s5"))).Refused);
        var command = await _w.Call(() => actor.CancelAsync(null, Caller.Local));
        Assert.Equal((Result.Retry, Code.Overloaded), (command.Result, command.Code));
        _w.Queue.Release();
        await Task.WhenAll(inFlight, waiting);

        Assert.Null(_w.State().Cancel);
        Assert.Equal(Result.Applied, (await _w.Report(actor, StepStart("s5"))).Results[0].Result);
        Assert.Equal(5, _w.Rows().Steps.Count);
    }

    [Fact]
    public async Task A_full_commit_queue_is_answered_overloaded_and_the_same_event_is_applied_later()
    {
        var actor = await _w.Running();
        var events = _w.Events(StepStart("s1"));
        _w.Queue.Outcome = _ => AppendOutcome.Overloaded.Instance;
        Assert.Equal(Code.Overloaded, (await _w.Call(() => actor.ReportAsync(events, Caller.Local))).Refused);

        _w.Queue.Outcome = _ => null;
        Assert.Equal(Result.Applied, (await _w.Call(() => actor.ReportAsync(events, Caller.Local))).Results[0].Result);
    }

    [Fact]
    public async Task A_write_by_another_activation_is_loaded_and_the_decision_is_repeated()
    {
        var actor = await _w.Running();
        await _w.Report(_w.Actor(), End());

        Assert.Equal(Result.Late, (await _w.Report(actor, StepStart("s1"))).Results[0].Result);

        Assert.Equal(1, _w.Rows().EvidenceCount);
    }

    [Fact]
    public async Task An_actor_with_no_memory_of_an_event_learns_from_the_commit_that_it_was_applied()
    {
        var events = _w.Events(StepStart("s1"));
        var actor = await _w.Running();
        await _w.Call(() => actor.ReportAsync(events, Caller.Local));
        var before = _w.State();

        var fresh = _w.Actor();
        var again = await _w.Call(() => fresh.ReportAsync(events, Caller.Local));

        Assert.Equal(Result.Duplicate, again.Results[0].Result);
        Assert.Equal(before, _w.State());
    }

    [Fact]
    public async Task A_turn_that_is_overtaken_repeatedly_is_answered_retry_after_a_bounded_number_of_attempts()
    {
        var actor = await _w.Running();
        _w.Queue.Outcome = _ => AppendOutcome.VersionMismatch.Instance;

        Assert.Equal(Code.Overloaded, (await _w.Report(actor, StepStart("s1"))).Refused);

        Assert.InRange(_w.Queue.Submitted.Count, 2, 20);
    }

    [Fact]
    public async Task A_failed_turn_is_answered_retry_and_does_not_affect_the_next_turn()
    {
        var actor = await _w.Running();
        _w.Queue.Outcome = _ => throw new InvalidOperationException("a bug");
        Assert.Equal(Code.StoreUnavailable, (await _w.Report(actor, StepStart("s1"))).Refused);

        _w.Queue.Outcome = _ => null;
        Assert.Equal(Result.Applied, (await _w.Report(actor, StepStart("s1"))).Results[0].Result);
    }

    [Fact]
    public async Task An_unknown_execution_has_no_liveness_and_a_running_one_has()
    {
        var unknown = _w.Actor("unknown");
        Assert.Null(await _w.Call(unknown.LivenessAsync));

        var actor = await _w.Running();
        Assert.Equal(_w.Now, (await _w.Call(actor.LivenessAsync))!.LastContactAt);
    }

    [Fact]
    public async Task A_silo_without_a_heartbeat_judges_no_execution()
    {
        await _w.Advance(SiloLiveness.Period);
        var actor = await _w.Running();
        _w.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.False(await _w.Call(actor.JudgeAsync));
        Assert.Equal(ExecutionStatus.Running, _w.State().Status);
    }

    [Fact]
    public async Task A_silent_worker_is_lost_and_one_whose_reports_could_not_be_stored_gets_another_lease()
    {
        await _w.Advance(SiloLiveness.Period);
        var silent = await _w.Running("silent");
        var heard = await _w.Running("heard");
        await _w.Advance(TimeSpan.FromSeconds(60));
        _w.Queue.Outcome = _ => new AppendOutcome.Unavailable("it is away", Uncertain: false);
        Assert.Equal(Code.StoreUnavailable, (await _w.Report(heard, StepStart("s1"))).Refused);
        _w.Queue.Outcome = _ => null;
        await _w.Advance(TimeSpan.FromSeconds(20));

        Assert.True(await _w.Call(silent.JudgeAsync));
        Assert.False(await _w.Call(heard.JudgeAsync));
        await _w.Advance(TimeSpan.FromSeconds(60));
        Assert.True(await _w.Call(heard.JudgeAsync));
    }
}
