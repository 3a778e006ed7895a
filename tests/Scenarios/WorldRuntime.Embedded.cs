using ExecutionGrains.Embedded;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ExecutionGrains.Scenarios;

/// <summary>The embedded runtime of one silo's life. It copies arguments as Orleans does, and forgets activations at random where it is asked to.</summary>
internal sealed class WorldRuntime : IAsyncDisposable
{
    /// <summary>Of the calls that may go wrong every so many one does: all.</summary>
    public const int CallSiteStep = 1;

    private readonly ServiceProvider _services;

    public WorldRuntime(IServiceCollection services, double deactivateAtRandom)
    {
        services.AddEmbeddedGrains(embedded => (embedded.CopyArguments, embedded.DeactivateAtRandom) = (true, deactivateAtRandom), typeof(ExecutionGrain).Assembly);
        _services = services.BuildServiceProvider();
    }

    public IServiceProvider Services => _services;

    /// <summary>From here on grains live.</summary>
    public Task StartAsync() => Task.CompletedTask;

    /// <summary>From here on idle grains go.</summary>
    public async Task StartIdlingAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
        }
    }

    /// <summary>Waits until the activations that were asked to go are gone.</summary>
    public Task IdleAsync(TimeSpan atMost) => World.Until(() => Silo.ActivationCounts.Values.All(count => count == 0), atMost);

    public Task DropAsync(IExecutionGrain grain)
    {
        Assert.True(Silo.TryDrop(grain));
        return Task.CompletedTask;
    }

    public Task DeactivateAllAsync() => Silo.DeactivateAllAsync();

    public Task<long> ActivationsAsync() => Task.FromResult(Silo.ActivationCounts.Values.Sum(count => (long)count));

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private EmbeddedSilo Silo => _services.GetRequiredService<EmbeddedSilo>();
}
