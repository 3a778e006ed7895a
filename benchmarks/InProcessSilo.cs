using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using ExecutionGrains.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace ExecutionGrains.Bench;

/// <summary>A silo in this process, called over the grain interface.</summary>
internal sealed class InProcessSilo : IAsyncDisposable
{
    private InProcessSilo(BenchRuntime runtime) => Runtime = runtime;

    public IExecutionReads Reads => Runtime.Services.GetRequiredService<IExecutionReads>();

    public BenchRuntime Runtime { get; }

    public CountingStore Store => Runtime.Services.GetRequiredService<CountingStore>();

    public SiloLiveness Liveness => Runtime.Services.GetRequiredService<SiloLiveness>();

    public IGrainFactory Grains => Runtime.Services.GetRequiredService<IGrainFactory>();

    /// <param name="settings">The silo's settings, including its store.</param>
    /// <param name="clock">Clock of tracker time.</param>
    /// <param name="instead">Store that the grains use instead of the configured one. Null: the configured one.</param>
    public static async Task<InProcessSilo> OpenAsync(IReadOnlyDictionary<string, string> settings, TimeProvider clock, IExecutionStore? instead = null) =>
        new(await BenchRuntime.StartAsync(settings, clock, services => Count(services, instead)));

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

    /// <summary>Reports events, and throws unless every one is applied.</summary>
    public static async Task ReportAsync(IExecutionGrain execution, ExecutionEvent[] events)
    {
        var answer = await execution.Report(new(1, events), Caller.Local).ConfigureAwait(false);
        if (answer.Refused is not null || answer.Results.Any(r => r.Result != Result.Applied))
        {
            throw new InvalidOperationException($"Not applied: {answer.Refused} {answer.Results.FirstOrDefault(r => r.Result != Result.Applied)}");
        }
    }

    public ValueTask DisposeAsync() => Runtime.DisposeAsync();

    /// <summary>Counts the writes to the silo's own store or to its replacement.</summary>
    private static void Count(IServiceCollection services, IExecutionStore? instead)
    {
        var own = services.Last(service => service.ServiceType == typeof(IExecutionStore)).ImplementationFactory!;
        services.AddSingleton(provider => new CountingStore(instead ?? (IExecutionStore)own(provider)));
        services.AddSingleton<IExecutionStore>(provider => provider.GetRequiredService<CountingStore>());
    }
}
