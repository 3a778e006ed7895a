using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Commits;
using static ExecutionGrains.Grains.Tests.World;

namespace ExecutionGrains.Grains.Tests.Execution;

/// <summary>What the actor does with an append whose outcome is unknown, or which the store refuses.</summary>
public sealed class UncertainWriteTests : IDisposable
{
    private static readonly AppendOutcome.Unavailable NoAnswer = new("no answer", Uncertain: true);

    private readonly World _w = new();

    public void Dispose() => _w.Dispose();

    [Fact]
    public async Task A_write_whose_answer_got_lost_is_read_back_and_answered_applied()
    {
        var actor = await _w.Running();
        _w.Queue.Outcome = WrittenButUnanswered;

        var answer = await _w.Report(actor, StepStart("s1"));

        Assert.Equal(Result.Applied, answer.Results[0].Result);
        Assert.Equal(2, _w.Queue.Submitted.Count);
        _w.Queue.Outcome = _ => null;
        Assert.Equal(Result.Applied, (await _w.Report(actor, StepEnd("s1"))).Results[0].Result);
        Assert.Equal(3, _w.State().Revision);
    }

    [Fact]
    public async Task A_write_that_did_not_arrive_is_answered_retry_and_applied_when_repeated()
    {
        var actor = await _w.Running();
        var events = _w.Events(StepStart("s1"));
        _w.Queue.Outcome = _ => NoAnswer;
        Assert.Equal(Code.StoreUnavailable, (await _w.Call(() => actor.ReportAsync(events, Caller.Local))).Refused);

        _w.Queue.Outcome = _ => null;
        Assert.Equal(Result.Applied, (await _w.Call(() => actor.ReportAsync(events, Caller.Local))).Results[0].Result);
    }

    [Fact]
    public async Task A_write_that_cannot_be_read_back_is_answered_retry_and_its_repetition_duplicate()
    {
        var actor = await _w.Running();
        var events = _w.Events(StepStart("s1"));
        _w.Queue.Outcome = WrittenButUnanswered;
        _w.Faults.CannotReadBack = true;
        Assert.Equal(Code.StoreUnavailable, (await _w.Call(() => actor.ReportAsync(events, Caller.Local))).Refused);

        (_w.Queue.Outcome, _w.Faults.CannotReadBack) = (_ => null, false);
        Assert.Equal(Result.Duplicate, (await _w.Call(() => actor.ReportAsync(events, Caller.Local))).Results[0].Result);
        Assert.Single(_w.Rows().Steps);
    }

    [Fact]
    public async Task An_end_that_the_store_refuses_in_full_is_written_without_its_payloads()
    {
        var actor = await _w.Running();
        _w.Queue.Outcome = append => append.Effects.Any(e => e is Effect.FinalPayload) ? new AppendOutcome.Refused("too large") : null;

        var answer = await _w.Report(actor, End() with { Output = "1"u8.ToArray() });

        Assert.Equal(Result.Applied, answer.Results[0].Result);
        Assert.Equal(
            (ExecutionStatus.Succeeded, FinalizationPath.FallbackCompleted, "too large"),
            (_w.State().Status, _w.State().Path, _w.State().CompletionFailure));
    }

    [Fact]
    public async Task An_end_that_is_refused_reduced_too_is_answered_retry_and_stored_in_full_when_repeated()
    {
        var actor = await _w.Running();
        var events = _w.Events(End(Outcome.Fail) with { Error = "1"u8.ToArray() });
        _w.Queue.Outcome = _ => new AppendOutcome.Refused("no");
        Assert.Equal(Code.StoreUnavailable, (await _w.Call(() => actor.ReportAsync(events, Caller.Local))).Refused);
        Assert.Equal(ExecutionStatus.Running, _w.State().Status);

        _w.Queue.Outcome = _ => null;
        Assert.Equal(Result.Applied, (await _w.Call(() => actor.ReportAsync(events, Caller.Local))).Results[0].Result);
        Assert.Equal((ExecutionStatus.Failed, FinalizationPath.ForceFailed, null), (_w.State().Status, _w.State().Path, _w.State().CompletionFailure));
    }

    [Fact]
    public async Task A_call_that_the_store_refuses_is_retried_alone_and_does_not_affect_the_others()
    {
        var actor = await _w.Running();
        _w.Queue.Outcome = append => Starts(append, "poison") ? new AppendOutcome.Refused("no") : null;
        _w.Queue.Hold();
        var first = await _w.BeginReport(actor, StepStart("s1"));
        var before = await _w.BeginReport(actor, StepStart("s2"));
        var poison = await _w.BeginReport(actor, StepStart("poison"));
        var after = await _w.BeginReport(actor, StepStart("s3"));
        _w.Queue.Release();

        await first;
        Assert.Equal(Result.Applied, (await before).Results[0].Result);
        Assert.Equal(Code.StoreUnavailable, (await poison).Refused);
        Assert.Equal(Result.Applied, (await after).Results[0].Result);
        Assert.Equal(["s1", "s2", "s3"], _w.Rows().Steps.Keys.Select(key => key.StepId).Order());
    }

    [Fact]
    public async Task An_end_that_is_retried_alone_does_not_overtake_earlier_progress()
    {
        var actor = await _w.Running();
        _w.Queue.Outcome = append => Starts(append, "s2") ? new AppendOutcome.Unavailable("it did not get through", Uncertain: false) : null;
        _w.Queue.Hold();
        var first = await _w.BeginReport(actor, StepStart("s1"));
        var progress = await _w.BeginReport(actor, StepStart("s2"));
        var end = await _w.BeginReport(actor, End());
        _w.Queue.Release();

        await first;
        Assert.Equal(Code.StoreUnavailable, (await progress).Refused);
        Assert.Equal(Code.StoreUnavailable, (await end).Refused);
        Assert.Equal(ExecutionStatus.Running, _w.State().Status);
    }

    private static bool Starts(Append append, string step) => append.NewSteps.Any(key => key.StepId == step);

    private AppendOutcome WrittenButUnanswered(Append append)
    {
        Assert.IsType<AppendOutcome.Committed>(_w.Queue.Commit(append));
        return NoAnswer;
    }
}
