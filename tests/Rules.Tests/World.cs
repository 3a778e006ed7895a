using System.Buffers;
using System.Security.Cryptography;

namespace ExecutionGrains.Rules.Tests;

/// <summary>One execution under the rules, with the rows that a store would have and a manual clock.</summary>
internal sealed class World
{
    public static readonly DateTimeOffset Begin = new(2026, 11, 21, 3, 0, 0, TimeSpan.Zero);
    public static readonly Worker W1 = new("worker-1", "a");
    public static readonly Worker W2 = new("worker-2", "b");

    private readonly Dictionary<(int Epoch, string Id), StoredEvent> _events = [];
    private readonly Dictionary<(int Epoch, string EventId, Code Code), Effect.Rejection> _rejections = [];
    private int _ids;

    public DateTimeOffset Now { get; set; } = Begin;

    public ExecutionState? State { get; private set; }

    public Dictionary<(int Epoch, string StepId), StepRow> Steps { get; } = [];

    public List<Effect> Effects { get; } = [];

    public List<Outage> Outages { get; } = [];

    public RuleSettings Settings { get; private set; } = new();

    public ExecutionState S => State ?? throw new InvalidOperationException("The execution is unknown.");

    public static ExecutionEvent.StepStarted StepStart(string step, string block = "extract", DateTimeOffset? at = null) =>
        new() { StepId = step, Block = block, At = at };

    public static ExecutionEvent.StepCompleted StepEnd(string step, StepOutcome outcome = StepOutcome.Success, DateTimeOffset? at = null) =>
        new() { StepId = step, Outcome = outcome, At = at };

    public static ExecutionEvent.ExecutionCompleted End(Outcome outcome = Outcome.Success) => new() { Outcome = outcome };

    public static ExecutionEvent.Unreadable RefusedEnd() => Refused("execution.completed");

    public static ExecutionEvent.Unreadable Refused(string type) => new() { Code = Code.InvalidEvent, Message = "refused for its content", ClaimedType = type };

    public static ExecutionEvent.ExecutionStarted Start(Worker? worker = null) => new() { Worker = worker };

    public Decision Create(Worker? start = null, ExecutionFacts? facts = null) =>
        Do(new Command.Create(facts ?? new() { Workflow = "import" }, start, null, "tests", "default"));

    public Decision Claim(Worker worker) => Do(new Command.Claim(worker, "tests"));

    public Decision Report(ExecutionEvent @event, int? epoch = null, string? id = null, bool trace = false, int? tokenEpoch = null)
    {
        var identified = FieldValidation.Normalize(Identified(@event, id));
        return Do(new Command.ApplyEvent(identified, epoch ?? State?.Epoch ?? 1, Hash(identified), "tests", "default", trace) { TokenEpoch = tokenEpoch });
    }

    /// <summary>Stores an end whose full record the store refused.</summary>
    public Decision Reduce(ExecutionEvent.ExecutionCompleted end, int? epoch = null, string? id = null)
    {
        var identified = (ExecutionEvent.ExecutionCompleted)Identified(end, id);
        return Do(new Command.CompleteWithoutPayloads(identified, epoch ?? State?.Epoch ?? 1, Hash(identified)!, "tests", "default", "the store refused it"));
    }

    public Decision Beat(int? epoch = null) => Report(new ExecutionEvent.Heartbeat(), epoch);

    public Decision Cancel() => Do(new Command.Cancel("no longer wanted", "ops"));

    public Decision Requeue() => Do(new Command.Requeue("again", "ops"));

    public Decision Resolve(Resolution resolution = Resolution.Recovered) => Do(new Command.Resolve(resolution, "seen", "ops"));

    public Decision Judge(TimeSpan? after = null)
    {
        Now += after ?? TimeSpan.Zero;
        return Do(new Command.CheckDeadlines(Outages));
    }

    /// <summary>Restores the store: from now on no epoch below this one is opened.</summary>
    public Decision Fence(int epoch)
    {
        Settings = Settings with { EpochMin = Math.Max(Settings.EpochMin, epoch) };
        return Do(new Command.Fence(epoch));
    }

    /// <summary>Changes the state directly, for states that would take a million events to reach.</summary>
    public void Suppose(Func<ExecutionState, ExecutionState> change) => State = change(S);

    public Decision Do(Command command)
    {
        var decision = ExecutionRules.Decide(new ExecutionId("e"), State, PriorOf(command), command, Now, Settings);
        State = decision.State ?? State;
        foreach (var effect in decision.Effects)
        {
            Keep(effect);
        }

        return decision;
    }

    /// <summary>Replays the history so far. It must give the state, and the steps without their payloads.</summary>
    public void HistoryGivesTheState()
    {
        var replay = new Replay(new ExecutionId("e"));
        foreach (var row in Effects.OfType<Effect.History>())
        {
            replay.Add(row);
        }

        Assert.Equivalent(State is null ? null : Replay.WithoutUnrecorded(State), replay.State, strict: true);
        Assert.Equal(Steps.Count, replay.Steps.Count);
        foreach (var (key, step) in Steps)
        {
            Assert.Equivalent(step with { Input = null, Output = null, Error = null }, replay.Steps[key], strict: true);
        }
    }

    private ExecutionEvent Identified(ExecutionEvent @event, string? id) =>
        @event is ExecutionEvent.Heartbeat ? @event : @event with { EventId = id ?? @event.EventId ?? $"e{++_ids}" };

    private StoredRows PriorOf(Command command)
    {
        var (e, epoch) = command switch
        {
            Command.ApplyEvent r => (r.Event, r.Epoch),
            Command.CompleteWithoutPayloads r => (r.Event, r.Epoch),
            _ => (null, 0),
        };
        return e is null ? StoredRows.None : new StoredRows(
            e.EventId is { } id ? _events.GetValueOrDefault((epoch, id)) : null,
            e is ExecutionEvent.StepStarted s
                ? Steps.GetValueOrDefault((epoch, s.StepId))
                : e is ExecutionEvent.StepCompleted c
                ? Steps.GetValueOrDefault((epoch, c.StepId))
                : null,
            [.. _rejections.Keys.Where(r => r.Epoch == epoch && r.EventId == (e.EventId ?? string.Empty)).Select(r => r.Code)]);
    }

    private void Keep(Effect effect)
    {
        Effects.Add(effect);
        switch (effect)
        {
            case Effect.History { TakesEventId: true } row:
                Assert.True(
                    _events.TryAdd((row.Epoch, row.EventId!), new StoredEvent(row.Epoch, row.EventId!, row.Hash!, row.Result, row.Code, 1)),
                    $"event id {row.EventId} taken twice");
                break;
            case Effect.Step row:
                Assert.Equal(row.IsNew, !Steps.ContainsKey((row.Row.Epoch, row.Row.StepId)));
                Steps[(row.Row.Epoch, row.Row.StepId)] = row.Row;
                break;
            case Effect.Rejection row:
                _rejections[(row.Epoch, row.EventId, row.Code)] = row;
                break;
            case Effect.CloseOpenSteps close:
                foreach (var (key, step) in Steps.ToList())
                {
                    Steps[key] = step.ClosedBy(close);
                }

                break;
        }
    }

    public static byte[]? Hash(ExecutionEvent @event)
    {
        if (@event is ExecutionEvent.Heartbeat or ExecutionEvent.Unreadable)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        CanonicalForm.Write(@event, buffer, payloads: true);
        return SHA256.HashData(buffer.WrittenSpan)[..16];
    }
}
