using System.Security.Cryptography;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;

namespace ExecutionGrains.Bench;

/// <summary>The grains over a store, composed as the silo composes them, without HTTP, reminders and idle collection.</summary>
internal sealed class Tracker : IAsyncDisposable
{
    private readonly OpenStore _store;

    private Tracker(BenchRuntime runtime, OpenStore store) => (Runtime, _store) = (runtime, store);

    public IExecutionReads Reads => _store.Reads;

    public BenchRuntime Runtime { get; }

    public CountingStore Store => Runtime.Services.GetRequiredService<CountingStore>();

    public SiloLiveness Liveness => Runtime.Services.GetRequiredService<SiloLiveness>();

    public IGrainFactory Grains => Runtime.Services.GetRequiredService<IGrainFactory>();

    /// <param name="store">Migrated; ends with the tracker.</param>
    /// <param name="clock">Tracker time.</param>
    public static async Task<Tracker> OpenAsync(OpenStore store, TimeProvider clock)
    {
        var runtime = new BenchRuntime(Compose(store, clock));
        await runtime.Services.GetRequiredService<SiloLiveness>().BeatAsync(CancellationToken.None);
        await runtime.StartAsync();
        return new(runtime, store);
    }

    public IExecutionGrain Execution(string id) => Grains.GetGrain<IExecutionGrain>(id);

    /// <summary>A running execution with a lease of 60 s and one open step.</summary>
    public Task BeginAsync(string id) => ReportAsync(Execution(id),
    [
        new ExecutionEvent.ExecutionStarted
        {
            EventId = "begin", Worker = new("worker-1", "1"),
            Facts = new() { Workflow = "nightly-etl", TriggerType = "schedule", HeartbeatTimeoutSeconds = 60 },
        },
        new ExecutionEvent.StepStarted { EventId = "main-s", StepId = "main", Block = "main", BlockType = "sequence" },
    ]);

    /// <summary>Reports, and insists that every event is applied.</summary>
    public static async Task ReportAsync(IExecutionGrain execution, ExecutionEvent[] events)
    {
        var answer = await execution.Report(new(1, events), Caller.Local).ConfigureAwait(false);
        if (answer.Refused is not null || answer.Results.Any(r => r.Result != Result.Applied))
        {
            throw new InvalidOperationException($"Not applied: {answer.Refused} {answer.Results.FirstOrDefault(r => r.Result != Result.Applied)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Runtime.DisposeAsync();
        await _store.DisposeAsync();
    }

    private static ServiceCollection Compose(OpenStore store, TimeProvider clock)
    {
        var services = new ServiceCollection();
        services.AddKeyedSingleton(TrackerClock.Key, clock);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton(store.Operations);
        services.AddSingleton(new CountingStore(store.Executions));
        services.AddSingleton<IExecutionStore>(provider => provider.GetRequiredService<CountingStore>());
        services.AddSingleton(provider => new CommitQueues(provider.GetRequiredService<IExecutionStore>(), store.Writers));
        services.AddSingleton<ICommitQueue>(provider => provider.GetRequiredService<CommitQueues>());
        services.AddSingleton(new RuleSettings()).AddSingleton(new JanitorSettings()).AddSingleton<MassLoss>();
        services.AddSingleton<TrackerClock>().AddSingleton<SiloLiveness>().AddSingleton<GrainMetrics>().AddSingleton<GrainLog>();
        services.AddSingleton<SweepLog>().AddSingleton<GrainServices>().AddSingleton(new EventHasher(RandomNumberGenerator.GetBytes(32)));
        return services;
    }
}
