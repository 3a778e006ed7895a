using System.Text.Json;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using static ExecutionGrains.Scenarios.World;

namespace ExecutionGrains.Scenarios;

/// <summary>
/// What executors, operators and janitors do with three executions from the first call to the last. Each is as persistent as it should be: it repeats calls
/// that were refused because of the store or got no answer, and an operator first checks whether the call took effect.
/// </summary>
internal sealed class Life(World w)
{
    /// <summary>How the line of an end that is stored in full begins, after its execution's id.</summary>
    public const string Full = "ended in full:";

    /// <summary>The line of an end that is stored without payloads.</summary>
    public const string Reduced = "ended without its payloads";

    private const int AttemptsMax = 5;

    private readonly List<string> _answers = [];
    private bool _hasGivenUp;

    /// <summary>All answers, without distinguishing whether the call took effect now or before.</summary>
    public IReadOnlyList<string> Answers => _answers;

    public async Task Live()
    {
        await Ends();
        await GoesUnclaimed();
        await IsLostAndCancelled();
        await IsForgotten();
    }

    /// <summary>Everything that is stored, one line each, without counts of attempts.</summary>
    public async Task<IReadOnlyList<string>> Record()
    {
        List<string> lines = [];
        foreach (var id in (string[])["done", "x", "y"])
        {
            var state = await w.State(id);
            var isReduced = state.CompletionFailure is not null;
            Assert.Equal(isReduced && state.Outcome == Outcome.Success, state.Path == FinalizationPath.FallbackCompleted);
            lines.Add(isReduced ? $"{id} {Reduced}" : $"{id} {Full} {state.Path} {await Output(id)}");
            lines.Add($"{id} state {Json(state with { Revision = 0, RejectedCount = 0, HistorySequence = 0, Path = null, CompletionFailure = null })}");
            lines.AddRange((await w.Steps(id)).Select(step => $"{id} step {Json(step with { StartHash = null, EndHash = null })}"));
            lines.AddRange((await w.Logs(id)).Select(log => $"{id} log {log.Message}"));
            lines.AddRange((await w.Evidence(id)).Select(e => $"{id} evidence {e.EventId}"));
            lines.AddRange((await w.Rejections(id)).Select(r => $"{id} rejection {r.Code} {r.EventId}"));
            // A claim that is repeated because its answer was lost has its own row.
            var history = (await w.History(id)).Where(h => h is not { Type: "execution.claimed", Result: Result.Duplicate })
                .Select(h => $"{id} history {h.Epoch} {h.Type} {h.EventId} {h.Result} {h.Code}").ToList();
            Assert.All(history.CountBy(h => h), h => Assert.True(h.Value == 1 || h.Key.Contains(nameof(Result.Rejected)), $"twice: {h.Key}"));
            lines.AddRange(history.Distinct());
            await w.HistoryGivesTheState(id);
        }

        Assert.Null(await Stored("gone"));
        lines.AddRange((await w.Audit()).Select(a => $"audit {a.By} {a.Action} {a.ExecutionId} {a.Reason}"));
        var figures = await w.Figures();
        lines.AddRange(figures.ByStatus.Where(f => f.Value != 0).OrderBy(f => f.Key).Select(f => $"{f.Value} are {f.Key}"));
        lines.AddRange(figures.ByCause.OrderBy(f => f.Key).Select(f => $"{f.Value} by {f.Key}"));
        lines.AddRange(figures.ByResolution.Where(f => f.Value != 0).OrderBy(f => f.Key).Select(f => $"{f.Value} resolved {f.Key}"));
        return lines;
    }

    private async Task Ends()
    {
        await Asks("done", g => g.Create(new CreateExecution { Facts = new() { Workflow = "import" }, Start = W1 }, Caller.Local));
        await Reports("done", 1, StepStart("1") with { EventId = "a" }, Line("hello") with { EventId = "b" });
        await Reports("done", 1, StepEnd("1") with { EventId = "c" }, StepStart("2") with { EventId = "d" });
        await Reports("done", 1, End() with { EventId = "e", Output = "1"u8.ToArray() });
        await Reports("done", 1, StepEnd("2") with { EventId = "f" });
        await Reports("done", 1, End(Outcome.Fail) with { EventId = "g" });
    }

    private async Task GoesUnclaimed()
    {
        await Asks("y", g => g.Create(new CreateExecution { Facts = new() { Workflow = "import" } }, Caller.Local));
        // A worker that repeats its claim is alive; this one sends nothing after its claim.
        await Does("y", g => g.Claim(W1, Caller.Local), s => s!.Status == ExecutionStatus.Claimed);
        await Pass(45);
        await Sweeps("y");
    }

    private async Task IsLostAndCancelled()
    {
        await Asks("x", g => g.Create(new CreateExecution { Facts = new() { Workflow = "import", MaxAttempts = 3 } }, Caller.Local));
        await Asks("x", g => g.Claim(W1, Caller.Local));
        await Reports("x", 1, new ExecutionEvent.ExecutionStarted { EventId = "a", Worker = W1 }, StepStart("1") with { EventId = "b" });
        await Reports("x", 1, new ExecutionEvent.Unreadable { EventId = "bad", Code = Code.MissingStepId, Message = "no", ClaimedType = "step.completed" });
        await Pass(35);
        await Reports("x", 1, new ExecutionEvent.Heartbeat());
        await Reports("x", 1, new ExecutionEvent.ExecutionPaused { EventId = "c" });
        await Reports("x", 1, new ExecutionEvent.ExecutionResumed { EventId = "d" });
        // Past the lease, half a lease more and the grace, so that a silo that has forgotten the last contact also says lost.
        await Pass(105);
        await Sweeps("x");
        await Reports("x", 1, StepEnd("1") with { EventId = "e" });
        await Does("x", g => g.Resolve(Resolution.Recovered, "seen", Caller.Local), s => s!.Resolution is not null);
        await Does("x", g => g.Requeue("again", Caller.Local), s => s!.Epoch == 2);
        await Asks("x", g => g.Claim(W2, Caller.Local));
        await Reports("x", 2, StepStart("1") with { EventId = "f" });
        await Does("x", g => g.Cancel("enough", Caller.Local), s => s!.Cancel is not null);
        await Reports("x", 2, StepEnd("1", StepOutcome.Fail) with { EventId = "g" }, End(Outcome.Fail) with { EventId = "h" });
    }

    private async Task IsForgotten()
    {
        await Asks("gone", g => g.Create(new CreateExecution { Facts = new() { Workflow = "import" }, Start = W1 }, Caller.Local));
        await Reports("gone", 1, End() with { EventId = "a" });
        await Does("gone", g => g.Delete(Caller.Local), s => s is null);
        await Asks("gone", g => g.Create(new CreateExecution { Facts = new() { Workflow = "import" } }, Caller.Local));
    }

    private async Task Asks(string id, Func<GrainInterfaces.IExecutionGrain, Task<CommandAnswer>> ask)
    {
        var answer = await Again(() => ask(w.On(id)), a => a.Result != Result.Retry);
        _answers.Add($"{id} {Told(answer.Result)} {answer.Code} {answer.Status} {answer.Epoch} {answer.Claimed}");
    }

    private async Task Reports(string id, int epoch, params ExecutionEvent[] events)
    {
        var answer = await Again(() => w.ReportAll(id, epoch, events), a => a.Refused is null);
        _answers.Add($"{id} {answer.Status} {answer.Epoch} {answer.Control} {string.Join(' ', answer.Results.Select(r => $"{r.EventId}:{Told(r.Result)}"))}");
    }

    /// <summary>The next sweep does what a store failure prevented.</summary>
    private Task Sweeps(string id) => Again(() => w.SweepOf(id), sweep => sweep.Acted == sweep.Found);

    /// <summary>An operator checks the state before it acts again.</summary>
    private async Task Does(string id, Func<GrainInterfaces.IExecutionGrain, Task<CommandAnswer>> act, Func<ExecutionState?, bool> isDone)
    {
        for (var attempt = 0; attempt < AttemptsMax && !isDone(await Stored(id)); attempt++)
        {
            var acting = act(w.On(id));
            await Task.WhenAny(acting, w.Mishaps.Hung);
            w.Mishaps.Release();
            await acting;
        }

        Assert.True(isDone(await Stored(id)));
    }

    private Task<ExecutionState?> Stored(string id) => w.Faults.Inner.LoadAsync(new(id), CancellationToken.None);

    /// <summary>Advances the clock while the silo writes heartbeats.</summary>
    private async Task Pass(int seconds)
    {
        for (var left = seconds; left > 0; left -= 5)
        {
            w.Clock.Advance(TimeSpan.FromSeconds(5));
            await Again(
                async () =>
                {
                    await w.BeatSilo();
                    return true;
                },
                _ => true);
        }
    }

    private async Task<T> Again<T>(Func<Task<T>> ask, Func<T, bool> isAnswer)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var asked = ask();
            if (await GivesUp(asked))
            {
                var first = asked;
                asked = ask();
                w.Mishaps.Release();
                await first.ContinueWith(_ => { }, TaskScheduler.Default);
            }

            try
            {
                if (await asked is var answer && isAnswer(answer))
                {
                    return answer;
                }
            }
            catch (StoreException)
            {
                // Try again.
            }
        }

        throw new InvalidOperationException($"No answer after {AttemptsMax} attempts.");
    }

    /// <summary>At most once, because one call hangs.</summary>
    private async Task<bool> GivesUp(Task asked)
    {
        await Task.WhenAny(asked, w.Mishaps.Hung);
        return !_hasGivenUp && (_hasGivenUp = w.Mishaps.Hung.IsCompleted && !asked.IsCompleted);
    }

    private async Task<string?> Output(string id) => (await w.Payload(id))?.Output is { } output ? System.Text.Encoding.UTF8.GetString(output) : null;

    private static string Told(Result result) => result is Result.Applied or Result.Duplicate or Result.Late ? "done" : result.ToString();

    private static string Json<T>(T value) => JsonSerializer.Serialize(value);
}
