using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using ExecutionGrains.Rules;
using ExecutionGrains.Silo.Secrets;
using Orleans;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Registers the services that the grains use. <see cref="OrleansHosting"/> configures Orleans itself.</summary>
public static class GrainHosting
{
    public static void Add(IServiceCollection services, SiloOptions options)
    {
        services.AddSingleton<MasterKeyFile>().AddSingleton<SecretVault>();
        services.AddSingleton<EpochMin>().AddSingleton<RestoreFence>().AddSingleton(provider => new RuleSettings
        {
            Grace = options.JanitorGrace,
            ClaimTimeout = options.ClaimsTimeout,
            CancelGrace = options.CancelGrace,
            EpochMin = provider.GetRequiredService<EpochMin>().Value,
        });
        services.AddSingleton<MassLoss>();
        services.AddSingleton(new JanitorSettings { Period = options.JanitorPeriod, MassLossHold = options.JanitorMassLossHold });
        services.AddSingleton<TrackerClock>().AddSingleton<SiloLiveness>().AddSingleton<GrainMetrics>().AddSingleton<GrainLog>();
        services.AddSingleton<SweepLog>().AddSingleton<HashKey>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<GrainServices>(provider) with { TombstoneLife = options.RetentionTombstones });
        services.AddSingleton(provider => new EventHasher(provider.GetRequiredService<HashKey>().Value));
        OrleansHosting.Add(services, options);
        services.AddSingleton<Executions>(provider =>
        {
            var grains = provider.GetRequiredService<IGrainFactory>();
            return id => grains.GetGrain<IExecutionGrain>(id);
        });
        services.AddHostedService<SiloBeat>();
    }

    /// <summary>
    /// Runs before the first grain is activated: opens the secrets, writes the first heartbeat, which records an outage if there was one, and fences off the
    /// open executions of a restored store.
    /// </summary>
    public static async Task PrepareAsync(IServiceProvider services, CancellationToken cancel)
    {
        var vault = services.GetRequiredService<SecretVault>();
        await vault.OpenAsync(cancel).ConfigureAwait(false);
        services.GetRequiredService<HashKey>().Value = vault.HashKey();
        var liveness = services.GetRequiredService<SiloLiveness>();
        await liveness.BeatAsync(cancel).ConfigureAwait(false);
        var fencing = services.GetRequiredService<RestoreFence>();
        services.GetRequiredService<EpochMin>().Value = await fencing.EpochMinAsync(cancel).ConfigureAwait(false);
        await fencing.RunAsync(services.GetRequiredService<RuleSettings>(), cancel).ConfigureAwait(false);
    }
}
