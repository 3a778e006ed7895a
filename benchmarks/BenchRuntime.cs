using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Runtime;

namespace ExecutionGrains.Bench;

/// <summary>Orleans under a tracker: one silo, called from inside its process.</summary>
internal sealed class BenchRuntime : IAsyncDisposable
{
    /// <summary>Whether its figures are those of docs/benchmarks.md.</summary>
    public const bool IsDocumented = false;

    private const string Ours = "ExecutionGrains.";
    private readonly IHost _host;

    public BenchRuntime(IServiceCollection services)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        foreach (var service in services)
        {
            builder.Services.Add(service);
        }

        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(Machine.FreePort(), gatewayPort: 0);
            silo.AddMemoryGrainStorageAsDefault();
            silo.UseInMemoryReminderService();
            // As the silo has it.
            silo.Configure<GrainDirectoryOptions>(directory => directory.MaximumCacheTTL = TimeSpan.FromMinutes(2));
        });
        _host = builder.Build();
    }

    public static string Name => $"Orleans {typeof(GrainDirectoryOptions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]}";

    public IServiceProvider Services => _host.Services;

    private IManagementGrain Management => Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);

    /// <summary>From here on grains live.</summary>
    public Task StartAsync() => _host.StartAsync();

    public async Task<long> ActivationsAsync() => (await Management.GetSimpleGrainStatistics())
        .Where(type => type.GrainType.StartsWith(Ours, StringComparison.Ordinal)).Sum(type => (long)type.ActivationCount);

    public async Task DeactivateAllAsync()
    {
        do
        {
            await Management.ForceActivationCollection(TimeSpan.Zero);
        }
        while (await ActivationsAsync() > 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
