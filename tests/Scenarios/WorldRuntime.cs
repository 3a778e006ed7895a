using System.Diagnostics;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace ExecutionGrains.Scenarios;

/// <summary>One silo on Orleans: a test cluster of one, without ports. It deactivates grains at random if asked to.</summary>
internal sealed class WorldRuntime : IAsyncDisposable
{
    private const string Ours = "ExecutionGrains.";

    private readonly InProcessTestCluster _cluster;

    /// <param name="addServices">Adds the services that our grains need: instances, which the silo does not dispose of.</param>
    public WorldRuntime(Action<IServiceCollection> addServices, ILoggerProvider log, double deactivateAtRandom)
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.Options.InitializeClientOnDeploy = false;
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSiloHost((_, host) =>
        {
            host.Logging.AddProvider(log);
            // At lower levels Orleans logs more than all tests together.
            host.Logging.AddFilter("Orleans", Microsoft.Extensions.Logging.LogLevel.Warning);
            host.Logging.AddFilter("Polly", Microsoft.Extensions.Logging.LogLevel.Warning);
            addServices(host.Services);
            QueuedLoggerFactory.Use(host.Services);
        });
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddMemoryGrainStorage(JanitorGrain.StorageName);
            silo.UseInMemoryReminderService();
            // No cache, as in a single silo. The test cluster's directory is a custom one, which always has a cache, by default with room for a million
            // entries.
            silo.Configure<GrainDirectoryOptions>(directory =>
                (directory.CachingStrategy, directory.CacheSize) = (GrainDirectoryOptions.CachingStrategyType.None, 16));
            // A call may take long on a busy machine. A call that times out is retried by a clock that the test does not move.
            silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromMinutes(5));
            if (deactivateAtRandom > 0)
            {
                silo.AddIncomingGrainCallFilter(new Forgetting(deactivateAtRandom));
            }
        });
        _cluster = new InProcessTestCluster(builder.Options, new NoPorts());
    }

    public IGrainFactory Grains => _cluster.Silos[0].ServiceProvider.GetRequiredService<IGrainFactory>();

    /// <summary>Starts the silo.</summary>
    public Task StartAsync() => _cluster.DeployAsync();

    /// <summary>Deactivates idle grains, and waits until they are gone.</summary>
    public async Task IdleAsync(TimeSpan atMost)
    {
        var since = Stopwatch.StartNew();
        do
        {
            await Management.ForceActivationCollection(TimeSpan.Zero);
        }
        while (await ActivationsAsync() > 0 && since.Elapsed < atMost);
    }

    public Task DropAsync(IExecutionGrain grain) => _cluster.DeactivateAsync(grain);

    public async Task DeactivateAllAsync()
    {
        await IdleAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(0, await ActivationsAsync());
    }

    public async Task<long> ActivationsAsync() => (await Management.GetSimpleGrainStatistics())
        .Where(type => type.GrainType.StartsWith(Ours, StringComparison.Ordinal))
        .Sum(type => (long)type.ActivationCount);

    public async ValueTask DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }

    private IManagementGrain Management => Grains.GetGrain<IManagementGrain>(0);

    /// <summary>The transport is in memory and belongs to one cluster: no port is opened, and equal port numbers do not collide.</summary>
    private sealed class NoPorts : ITestClusterPortAllocator
    {
        public (int, int) AllocateConsecutivePortPairs(int numPorts) => (1, 2);

        public void Dispose()
        {
        }
    }

    /// <summary>Deactivates the activation once the call is done; waiting calls go to the next activation.</summary>
    private sealed class Forgetting(double chance) : IIncomingGrainCallFilter
    {
        private readonly Random _random = new(0);

        public async Task Invoke(IIncomingGrainCallContext context)
        {
            await context.Invoke();
            bool goes;
            lock (_random)
            {
                goes = _random.NextDouble() < chance;
            }

            if (goes && context.Grain is Grain)
            {
                context.TargetContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "At random."));
            }
        }
    }
}
