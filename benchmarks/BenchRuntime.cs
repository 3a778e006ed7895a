using System.Reflection;
using ExecutionGrains.Silo.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime;

namespace ExecutionGrains.Bench;

/// <summary>A whole silo in this process, composed by the silo's own program: Orleans and its settings, HTTP, janitors and idle collection as in production.</summary>
internal sealed class BenchRuntime(WebApplication silo) : IAsyncDisposable
{
    private const string Ours = "ExecutionGrains.";

    public static string Name => $"Orleans {typeof(GrainDirectoryOptions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]}";

    public IServiceProvider Services => silo.Services;

    private IManagementGrain Management => Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);

    /// <param name="settings">The silo's settings, by their names after <c>ExecutionGrains__</c>.</param>
    /// <param name="clock">Tracker time.</param>
    /// <param name="compose">Replaces services.</param>
    public static async Task<BenchRuntime> StartAsync(IReadOnlyDictionary<string, string> settings, TimeProvider clock, Action<IServiceCollection> compose)
    {
        // Of the log only warnings: the first key's announcement and the like belong to no table.
        string[] args = [.. settings.Select(setting => $"--ExecutionGrains:{setting.Key.Replace("__", ":", StringComparison.Ordinal)}={setting.Value}"), "--Logging:LogLevel:Default=Warning"];
        var silo = await SiloProgram.BuildAsync(args, clock, compose);
        await silo.StartAsync();
        return new(silo);
    }

    /// <summary>Grains of the tracker in memory, janitors included.</summary>
    public async Task<long> ActivationsAsync() => (await Management.GetSimpleGrainStatistics())
        .Where(type => type.GrainType.StartsWith(Ours, StringComparison.Ordinal)).Sum(type => (long)type.ActivationCount);

    /// <summary>Lets every idle grain go. The janitors may come back with their reminders.</summary>
    public async Task DeactivateAllAsync()
    {
        do
        {
            await Management.ForceActivationCollection(TimeSpan.Zero);
        }
        while (await ActivationsAsync() > GrainInterfaces.IJanitorGrain.BucketCount);
    }

    public async ValueTask DisposeAsync()
    {
        await silo.StopAsync();
        await silo.DisposeAsync();
    }
}
