using ExecutionGrains.Embedded;
using ExecutionGrains.Grains;
using Microsoft.Extensions.DependencyInjection;

namespace ExecutionGrains.Bench;

/// <summary>The embedded runtime under a tracker.</summary>
internal sealed class BenchRuntime(IServiceCollection services) : IAsyncDisposable
{
    public const string Name = "embedded grain runtime";

    /// <summary>Whether its figures are those of docs/benchmarks.md.</summary>
    public const bool IsDocumented = true;

    private readonly ServiceProvider _services = services.AddEmbeddedGrains(null, typeof(ExecutionGrain).Assembly, typeof(NoopGrain).Assembly).BuildServiceProvider();

    public IServiceProvider Services => _services;

    private EmbeddedSilo Silo => _services.GetRequiredService<EmbeddedSilo>();

    /// <summary>From here on grains live.</summary>
    public Task StartAsync() => Task.CompletedTask;

    public Task<long> ActivationsAsync() => Task.FromResult((long)Silo.ActivationCounts.Values.Sum());

    public Task DeactivateAllAsync() => Silo.DeactivateAllAsync();

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
