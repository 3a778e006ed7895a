using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Runtime;

namespace ExecutionGrains.Scenarios;

/// <summary>Orleans in one silo's life: a cluster of one, which deactivates grains at random where it is asked to.</summary>
internal sealed class WorldRuntime : IAsyncDisposable
{
    /// <summary>Of the calls that may go wrong every so many one does: a silo takes its time to start.</summary>
    public const int CallSiteStep = 12;

    private static readonly string[] Ours = ["ExecutionGrains."];
    private readonly IHost _host;

    public WorldRuntime(IServiceCollection services, double deactivateAtRandom)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        foreach (var service in services)
        {
            builder.Services.Add(service);
        }

        // Below that Orleans says more than all tests together.
        builder.Logging.AddFilter("Orleans", Microsoft.Extensions.Logging.LogLevel.Warning);
        // The host's own words are not the silo's, and a logger that throws would throw into it.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", Microsoft.Extensions.Logging.LogLevel.None);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(FreePort(), gatewayPort: 0);
            silo.AddMemoryGrainStorageAsDefault();
            silo.UseInMemoryReminderService();
            // As the silo has it; by the clock that these tests move.
            silo.Configure<GrainDirectoryOptions>(directory => directory.MaximumCacheTTL = TimeSpan.FromMinutes(2));
            silo.Services.AddKeyedSingleton(TimeProviderNames.GrainDirectory, (provider, _) => provider.GetRequiredKeyedService<TimeProvider>(TrackerClock.Key));
            if (deactivateAtRandom > 0)
            {
                silo.AddIncomingGrainCallFilter(new Forgetting(deactivateAtRandom));
            }
        });
        _host = builder.Build();
    }

    public IServiceProvider Services => _host.Services;

    /// <summary>From here on grains live.</summary>
    public Task StartAsync() => _host.StartAsync();

    /// <summary>Orleans times idle grains by a clock that these tests do not move: <see cref="IdleAsync"/> says when.</summary>
    public Task StartIdlingAsync() => Task.CompletedTask;

    /// <summary>Lets the grains go that nobody calls, and waits until they are gone.</summary>
    public async Task IdleAsync(TimeSpan atMost)
    {
        var since = Stopwatch.StartNew();
        do
        {
            await Management.ForceActivationCollection(TimeSpan.Zero);
        }
        while (await ActivationsAsync() > 0 && since.Elapsed < atMost);
    }

    public Task DropAsync(IExecutionGrain grain) => DeactivateAllAsync();

    public async Task DeactivateAllAsync()
    {
        await IdleAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(0, await ActivationsAsync());
    }

    public async Task<long> ActivationsAsync() => (await Management.GetSimpleGrainStatistics())
        .Where(type => Ours.Any(name => type.GrainType.StartsWith(name, StringComparison.Ordinal)))
        .Sum(type => (long)type.ActivationCount);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private IManagementGrain Management => Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Asks the activation to go once the call is done; calls that wait for it go to the next.</summary>
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
