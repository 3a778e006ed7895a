using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Stats;
using ExecutionGrains.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace ExecutionGrains.Scenarios;

/// <summary>A silo in this process: its own database, the grain runtime, a manual clock.</summary>
internal sealed class World : IAsyncDisposable
{
    public static readonly Worker W1 = new("worker-1", "a");
    public static readonly Worker W2 = new("worker-2", "b");

    private readonly WorldStore _store;
    private readonly double _massLossHold;
    private readonly double _deactivateAtRandom;
    private readonly bool _isOnActors;
    private readonly Dictionary<string, int> _buckets = new(StringComparer.Ordinal);
    private ServiceProvider? _services;
    private WorldRuntime? _runtime;
    private ActorHost? _actors;
    private int _ids;
    private int _epochMin = 1;

    private World(WorldStore store, double massLossHold, double deactivateAtRandom, bool isOnActors = false) =>
        (_store, _massLossHold, _deactivateAtRandom, _isOnActors) = (store, massLossHold, deactivateAtRandom, isOnActors);

    public ManualTimeProvider Clock { get; private init; } = new();

    public FaultyStore Faults { get; private set; } = null!;

    /// <summary>Which store call fails. None, unless a test plans it.</summary>
    public Mishaps Mishaps { get; } = new();

    /// <summary>Log lines of all silos of this world.</summary>
    public LogLines Log { get; } = new();

    public DateTimeOffset Now => Clock.GetUtcNow();

    public IExecutionReads Reads => Of<IExecutionReads>();

    /// <summary>Another machine on which a backup is restored, this much later.</summary>
    public static async Task<World> RestoredAsync(StoreKind store, string backup, TimeSpan later)
    {
        var clock = new ManualTimeProvider();
        clock.Advance(later);
        var world = new World(await WorldStore.RestoreAsync(store, backup, clock), massLossHold: 0, deactivateAtRandom: 0) { Clock = clock };
        await world.OpenSiloAsync();
        return world;
    }

    /// <param name="onActors">Whether the actors run without Orleans.</param>
    public static async Task<World> OpenAsync(StoreKind store, double massLossHold = 0, double deactivateAtRandom = 0, bool onActors = false)
    {
        var world = new World(await WorldStore.MakeAsync(store), massLossHold, deactivateAtRandom, onActors);
        await world.OpenSiloAsync();
        return world;
    }

    public static ExecutionEvent.StepStarted StepStart(string step, string block = "extract", DateTimeOffset? at = null) =>
        new() { StepId = step, Block = block, At = at };

    public static ExecutionEvent.StepCompleted StepEnd(string step, StepOutcome outcome = StepOutcome.Success, DateTimeOffset? at = null) =>
        new() { StepId = step, Outcome = outcome, At = at };

    public static ExecutionEvent.ExecutionCompleted End(Outcome outcome = Outcome.Success) => new() { Outcome = outcome };

    public static ExecutionEvent.Log Line(string message, Severity level = Severity.Info) => new() { Message = message, Level = level };

    public IExecutionGrain On(string id) => _actors is { } actors ? actors.Execution(id) : _runtime!.Grains.GetGrain<IExecutionGrain>(id);

    /// <summary>Creates an execution, which is running if a worker is given.</summary>
    public Task<CommandAnswer> Create(string id, Worker? start = null, ExecutionFacts? facts = null) =>
        On(id).Create(new CreateExecution { Facts = facts ?? new() { Workflow = "import" }, Start = start }, Caller.Local);

    public Task<ReportAnswer> ReportAll(string id, int epoch, params ExecutionEvent[] events) =>
        On(id).Report(new EventReport(epoch, Array.ConvertAll(events, Identified)), Caller.Local);

    /// <summary>
    /// Reports one event; a call that is refused as a whole fails the test. A message that Orleans rejects was not delivered, for example because the grain was
    /// deactivated too often meanwhile; it is sent again, as clients do.
    /// </summary>
    public async Task<EventAnswer> Report(string id, ExecutionEvent @event, int epoch = 1)
    {
        var identified = Identified(@event);
        ReportAnswer? answer = null;
        for (var attemptsLeft = 5; answer is null; attemptsLeft--)
        {
            try
            {
                answer = await ReportAll(id, epoch, identified);
            }
            catch (OrleansMessageRejectionException) when (attemptsLeft > 0)
            {
            }
        }

        Assert.Null(answer.Refused);
        return Assert.Single(answer.Results);
    }

    public Task<EventAnswer> Beat(string id, int epoch = 1) => Report(id, new ExecutionEvent.Heartbeat(), epoch);

    public Task<CommandAnswer> Cancel(string id) => On(id).Cancel("no longer wanted", Caller.Local);

    /// <summary>The stored row.</summary>
    public async Task<ExecutionState> State(string id) =>
        await Faults.Inner.LoadAsync(new ExecutionId(id), CancellationToken.None) ?? throw new InvalidOperationException($"{id} is unknown.");

    public async Task<IReadOnlyList<StepRow>> Steps(string id) =>
        (await Reads.StepsAsync(await State(id), StepFilter.All, 1_000, null, CancellationToken.None)).Items;

    public async Task<StepRow> Step(string id, string step, int epoch = 1) => Assert.Single(await Steps(id), s => s.StepId == step && s.Epoch == epoch);

    public async Task<IReadOnlyList<Effect.History>> History(string id) =>
        (await Reads.HistoryAsync(await State(id), newestFirst: false, 1_000, null, CancellationToken.None)).Items;

    public async Task<IReadOnlyList<Effect.Log>> Logs(string id) =>
        (await Reads.LogsAsync(await State(id), LogFilter.All, 1_000, null, CancellationToken.None)).Items;

    public async Task<IReadOnlyList<RejectionRow>> Rejections(string id) => await Reads.RejectionsAsync(await State(id), CancellationToken.None);

    public async Task<IReadOnlyList<Effect.Evidence>> Evidence(string id) => await Reads.EvidenceAsync(await State(id), CancellationToken.None);

    public async Task<Effect.FinalPayload?> Payload(string id) => await Reads.FinalPayloadAsync(await State(id), 1, CancellationToken.None);

    public async Task<IReadOnlyList<AuditRow>> Audit() => (await Of<IOperationsStore>().AuditAsync(AuditFilter.All, 1_000, null, CancellationToken.None)).Items;

    public Task<Figures> Figures() => Reads.FiguresAsync(Now.AddDays(-1), Now.AddMinutes(1), null, null, CancellationToken.None);

    /// <summary>Listens to the metrics of this silo only.</summary>
    public MeterListener Listener(Action<Instrument, long, IReadOnlyDictionary<string, object?>> measured)
    {
        object[] scopes = [Of<GrainMetrics>(), Of<ICommitQueue>()];
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (scopes.Contains(instrument.Meter.Scope))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured(instrument, value, Named(tags)));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => measured(instrument, value, Named(tags)));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured(instrument, (long)value, Named(tags)));
        listener.Start();
        return listener;
    }

    /// <summary>The total of a counter of this silo, over everything with these tags.</summary>
    public long Counted(string counter, params (string Name, string? Value)[] tags)
    {
        var sum = 0L;
        using var listener = Listener((instrument, value, said) =>
            sum += instrument.Name == counter && tags.All(t => Equals(said.GetValueOrDefault(t.Name), t.Value)) ? value : 0);
        listener.RecordObservableInstruments();
        return sum;
    }

    /// <summary>Waits until the log's own thread has dropped this many lines.</summary>
    public async Task UntilDropped(long lines)
    {
        var metrics = Of<GrainMetrics>();
        await Until(() => metrics.LogLinesDropped >= lines, TimeSpan.FromSeconds(10));
    }

    /// <summary>Makes a backup with the store's own tools, while the silo runs.</summary>
    public Task BackUp(string path) => _store.BackUpAsync(path);

    /// <summary>What a silo does before it serves, if its store is marked as restored.</summary>
    public async Task Fence()
    {
        _epochMin = await Of<RestoreFence>().EpochMinAsync(CancellationToken.None);
        await Of<RestoreFence>().RunAsync(new RuleSettings { EpochMin = _epochMin }, CancellationToken.None);
    }

    public Task WriteSetting(string name, string value) =>
        Of<IOperationsStore>().WriteSettingAsync(name, System.Text.Encoding.UTF8.GetBytes(value), CancellationToken.None);

    /// <summary>
    /// Replays the stored history. It must give the stored row (except for what <see cref="Replay.WithoutUnrecorded"/> leaves out), and the stored steps
    /// without their payloads.
    /// </summary>
    public async Task HistoryGivesTheState(string id)
    {
        var state = await State(id);
        var replay = new Replay(state.Id);
        string? cursor = null;
        do
        {
            var page = await Reads.HistoryAsync(state, newestFirst: false, 7, cursor, CancellationToken.None);
            cursor = page.NextCursor;
            foreach (var row in page.Items)
            {
                replay.Add(row);
            }
        }
        while (cursor is not null);

        Assert.Equivalent(Replay.WithoutUnrecorded(state), replay.State, strict: true);
        var steps = await Steps(id);
        Assert.Equal(steps.Count, replay.Steps.Count);
        Assert.All(steps, s => Assert.Equivalent(s with { Input = null, Output = null, Error = null }, replay.Steps[(s.Epoch, s.StepId)], strict: true));
    }

    /// <summary>Advances the clock while the silo writes its heartbeats.</summary>
    public async Task Advance(TimeSpan by)
    {
        var step = by > TimeSpan.FromMinutes(5) ? TimeSpan.FromSeconds(5) : SiloLiveness.Period;
        for (var left = by; left > TimeSpan.Zero; left -= step)
        {
            Clock.Advance(left < step ? left : step);
            await BeatSilo();
        }
    }

    public Task Seconds(int seconds) => Advance(TimeSpan.FromSeconds(seconds));

    public Task BeatSilo() => Of<SiloLiveness>().BeatAsync(CancellationToken.None);

    public async Task<IReadOnlyList<SweepReport>> Sweep()
    {
        var reports = new List<SweepReport>();
        for (var bucket = 0; bucket < IJanitorGrain.BucketCount; bucket++)
        {
            reports.Add(await SweepBucket(bucket));
        }

        return reports;
    }

    /// <summary>Sweeps one execution only.</summary>
    public async Task<SweepReport> SweepOf(string id)
    {
        if (!_buckets.TryGetValue(id, out var bucket))
        {
            while (!(await Faults.Inner.DueAsync(bucket, Now.AddYears(1), null, 1_000, CancellationToken.None)).Any(due => due.Id.Value == id))
            {
                Assert.True(++bucket < IJanitorGrain.BucketCount, $"{id} is never due.");
            }

            _buckets[id] = bucket;
        }

        return await SweepBucket(bucket);
    }

    /// <summary>
    /// Closes the silo after its commits in flight, which loses its memory, and opens another on the same store after a while. tests/Faults kills silos in the
    /// middle of a commit.
    /// </summary>
    public async Task Restart(TimeSpan down = default)
    {
        await CloseAsync();
        Clock.Advance(down);
        await OpenSiloAsync();
    }

    /// <summary>Waits until the activations that are being deactivated are gone.</summary>
    public Task Idle() => _runtime!.IdleAsync(TimeSpan.FromMinutes(2));

    /// <summary>Deactivates this grain only. (tests/Clusters covers grains of killed silos, which are not deactivated in order.)</summary>
    public Task Drop(string id) => _runtime!.DropAsync(On(id));

    public Task DeactivateAll() => _runtime!.DeactivateAllAsync();

    /// <summary>Number of our grains in memory.</summary>
    public Task<long> Activations() => _runtime!.ActivationsAsync();

    /// <summary>Waits in real time for what other threads are doing; the test asserts it afterwards.</summary>
    public static async Task Until(Func<bool> holds, TimeSpan atMost)
    {
        var since = System.Diagnostics.Stopwatch.StartNew();
        while (!holds() && since.Elapsed < atMost)
        {
            await Task.Yield();
        }
    }

    /// <summary>Whether any file of the database contains these bytes.</summary>
    public async Task<bool> FilesHold(string text)
    {
        var needle = System.Text.Encoding.UTF8.GetBytes(text);
        return Directory.EnumerateFiles(await _store.FolderAsync()).Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)).Any(path =>
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            file.CopyTo(bytes);
            return bytes.ToArray().AsSpan().IndexOf(needle) >= 0;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await _store.DisposeAsync();
    }

    private Task<SweepReport> SweepBucket(int bucket) =>
        _actors is { } actors ? actors.SweepAsync(bucket) : _runtime!.Grains.GetGrain<IJanitorGrain>(IJanitorGrain.Key(bucket)).Sweep();

    private T Of<T>()
        where T : notnull => _services!.GetRequiredService<T>();

    private static Dictionary<string, object?> Named(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var named = new Dictionary<string, object?>();
        foreach (var (name, said) in tags)
        {
            named.Add(name, said);
        }

        return named;
    }

    private ExecutionEvent Identified(ExecutionEvent @event) =>
        @event.EventId is not null || @event is ExecutionEvent.Heartbeat ? @event : @event with { EventId = $"e{Interlocked.Increment(ref _ids)}" };

    private async Task OpenSiloAsync()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(Microsoft.Extensions.Logging.LogLevel.Trace).AddProvider(Log));
        QueuedLoggerFactory.Use(services);
        services.AddKeyedSingleton<TimeProvider>(TrackerClock.Key, Clock);
        services.AddSingleton(_ => new RuleSettings { EpochMin = _epochMin });
        services.AddSingleton<MassLoss>();
        services.AddSingleton(new JanitorSettings { MassLossHold = _massLossHold });
        services.AddSingleton(new SiloMembership("silo", TimeSpan.FromSeconds(30), _ => false));
        services.AddSingleton<TrackerClock>().AddSingleton<SiloLiveness>().AddSingleton<GrainMetrics>().AddSingleton<GrainLog>();
        services.AddSingleton<SweepLog>().AddSingleton<GrainServices>().AddSingleton<RestoreFence>();
        services.AddSingleton(Mishaps);
        _store.AddTo(services, Clock);
        services.AddSingleton(provider => new EventHasher(provider.GetRequiredService<HashKey>().Value!)).AddSingleton<HashKey>();
        _services = services.BuildServiceProvider();
        Faults = Of<FaultyStore>();
        await Of<IOperationsStore>().MigrateAsync(CancellationToken.None);
        Of<HashKey>().Value = await Of<IOperationsStore>().SettingAsync("hash-key", () => RandomNumberGenerator.GetBytes(32), CancellationToken.None);
        await BeatSilo();
        await Fence();
        if (_isOnActors)
        {
            _actors = new ActorHost(_services);
            return;
        }

        _runtime = new WorldRuntime(AddTheGrains, Log, _deactivateAtRandom);
        await _runtime.StartAsync();
    }

    /// <summary>The services of this world that grains need.</summary>
    private void AddTheGrains(IServiceCollection silo)
    {
        silo.AddSingleton(Of<IExecutionStore>()).AddSingleton(Of<IOperationsStore>()).AddSingleton(Of<ICommitQueue>());
        silo.AddSingleton(Of<GrainServices>()).AddSingleton(Of<JanitorSettings>()).AddSingleton(Of<MassLoss>()).AddSingleton(Of<SweepLog>());
        silo.AddSingleton(Of<GrainMetrics>());
    }

    private async Task CloseAsync()
    {
        // The next silo on this store must not count this one as another live silo.
        await ((IOperationsStore)Of<IExecutionReads>()).LeaveAsync(Of<SiloLiveness>().SiloId, Now, CancellationToken.None);
        // The container does not dispose of instances that it was given.
        var store = (IAsyncDisposable)Of<IExecutionReads>();
        if (_runtime is { } runtime)
        {
            await runtime.DisposeAsync();
        }

        await _services!.DisposeAsync();
        await store.DisposeAsync();
    }

    private sealed class HashKey
    {
        public byte[]? Value { get; set; }
    }
}
