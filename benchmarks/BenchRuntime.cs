using System.Reflection;
using ExecutionGrains.Silo;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime;

namespace ExecutionGrains.Bench;

/// <summary>
/// A complete silo in this process, built by the silo's own program: Orleans and its settings, HTTP, janitors and collection of idle grains as in production.
/// </summary>
internal sealed class BenchRuntime(WebApplication silo) : IAsyncDisposable
{
    private const string Ours = "ExecutionGrains.";

    public static string Name => "Orleans "
        + typeof(GrainDirectoryOptions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public IServiceProvider Services => silo.Services;

    private IManagementGrain Management => Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);

    /// <param name="settings">The silo's settings; the keys are the names without <c>ExecutionGrains__</c>.</param>
    /// <param name="clock">Clock of tracker time.</param>
    /// <param name="compose">Replaces services.</param>
    public static async Task<BenchRuntime> StartAsync(IReadOnlyDictionary<string, string> settings, TimeProvider clock, Action<IServiceCollection> compose)
    {
        // Log warnings only: messages such as the one about the first API key would clutter the progress output.
        string[] args =
        [
            .. settings.Select(setting => $"--ExecutionGrains:{setting.Key.Replace("__", ":", StringComparison.Ordinal)}={setting.Value}"),
            "--Logging:LogLevel:Default=Warning"
        ];
        var silo = await SiloProgram.BuildAsync(args, clock, compose);
        await silo.StartAsync();
        return new(silo);
    }

    /// <summary>Number of the tracker's active grains, including janitors.</summary>
    public async Task<long> ActivationsAsync() => (await Management.GetSimpleGrainStatistics())
        .Where(type => type.GrainType.StartsWith(Ours, StringComparison.Ordinal)).Sum(type => (long)type.ActivationCount);

    /// <summary>Deactivates every idle grain. Janitors may be activated again by their reminders.</summary>
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
