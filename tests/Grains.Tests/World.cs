using ExecutionGrains.Rules;
using ExecutionGrains.Simulation;
using ExecutionGrains.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace ExecutionGrains.Grains.Tests;

/// <summary>What the grains of one silo share, on a store in memory and a manual clock. There is no silo.</summary>
internal sealed class World : IDisposable
{
    public static readonly Worker W1 = new("worker-1", "a");
    public static readonly Worker W2 = new("worker-2", "b");

    private readonly TaskScheduler _exclusive = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
    private readonly GrainMetrics _metrics = new();
    private int _ids;

    public World(bool isShared = false)
        : this(new InMemory(isShared), new ManualTimeProvider())
    {
    }

    private World(InMemory stored, ManualTimeProvider clock)
    {
        (Stored, Clock) = (stored, clock);
        Faults = new(stored) { Mishaps = Mishaps };
        Operations = new(stored) { Mishaps = Mishaps };
        Queue = new(stored);
        TrackerClock = new(clock);
        Liveness = new(Operations, TrackerClock, Members.Unknown());
        Log = new(NullLogger<GrainLog>.Instance);
        Services = new(TrackerClock, Liveness, new EventHasher([1, 2, 3]), new RuleSettings(), _metrics, Log);
    }

    public InMemory Stored { get; }

    public ManualTimeProvider Clock { get; }

    public Mishaps Mishaps { get; } = new();

    public FaultyStore Faults { get; }

    public FaultyOperations Operations { get; }

    public ScriptedQueue Queue { get; }

    public TrackerClock TrackerClock { get; }

    public SiloLiveness Liveness { get; }

    public GrainLog Log { get; }

    public GrainServices Services { get; set; }

    public DateTimeOffset Now => Clock.GetUtcNow();

    public static ExecutionEvent.StepStarted StepStart(string step) => new() { StepId = step, Block = "extract" };

    public static ExecutionEvent.StepCompleted StepEnd(string step) => new() { StepId = step, Outcome = StepOutcome.Success };

    public static ExecutionEvent.ExecutionCompleted End(Outcome outcome = Outcome.Success) => new() { Outcome = outcome };

    /// <summary>Another silo on the same store, with its own memory and queue.</summary>
    public World Other() => new(Stored, Clock);

    /// <summary>A new actor with nothing in memory.</summary>
    public ExecutionActor Actor(string id = "x") => new(new(id), Faults, Queue, Services);

    /// <summary>Makes a call on a scheduler like a grain's, and waits for its answer.</summary>
    public async Task<T> Call<T>(Func<Task<T>> call) => await await Begin(call);

    /// <summary>Makes a call and returns when it waits in the actor.</summary>
    public Task<Task<T>> Begin<T>(Func<Task<T>> call) =>
        Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _exclusive);

    public EventReport Events(params ExecutionEvent[] events) =>
        new(1, Array.ConvertAll(events, e => e is ExecutionEvent.Heartbeat ? e : e with { EventId = $"e{Interlocked.Increment(ref _ids)}" }));

    public Task<ReportAnswer> Report(ExecutionActor actor, params ExecutionEvent[] events) =>
        Call(() => actor.ReportAsync(Events(events), Caller.Local));

    public Task<Task<ReportAnswer>> BeginReport(ExecutionActor actor, params ExecutionEvent[] events) =>
        Begin(() => actor.ReportAsync(Events(events), Caller.Local));

    public Task<CommandAnswer> Create(ExecutionActor actor, Worker? start = null, ExecutionFacts? facts = null) =>
        Call(() => actor.CreateAsync(new() { Facts = facts ?? new() { Workflow = "import" }, Start = start }, Caller.Local));

    /// <summary>A running execution, and the actor that created it.</summary>
    public async Task<ExecutionActor> Running(string id = "x")
    {
        var actor = Actor(id);
        Assert.Equal(Result.Applied, (await Create(actor, W1)).Result);
        return actor;
    }

    public ExecutionState State(string id = "x") => Stored.Memory.Load(new(id))!;

    public StoredExecution Rows(string id = "x") => Stored.Memory.Executions[id];

    /// <summary>Advances the clock while the silo writes heartbeats.</summary>
    public async Task Advance(TimeSpan by)
    {
        for (var left = by; left > TimeSpan.Zero; left -= SiloLiveness.Period)
        {
            Clock.Advance(left < SiloLiveness.Period ? left : SiloLiveness.Period);
            await Liveness.BeatAsync(CancellationToken.None);
        }
    }

    public void Dispose() => _metrics.Dispose();
}
