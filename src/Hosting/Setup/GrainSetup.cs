using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Cluster;
using ExecutionGrains.Hosting.Endpoints;
using ExecutionGrains.Hosting.Secrets;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Rules;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace ExecutionGrains.Hosting.Setup;

/// <summary>Registers the services that the grains use, and what the tracker needs of Orleans in any silo.</summary>
internal static class GrainSetup
{
    /// <summary>
    /// Silence after which another silo counts as gone even if Orleans has not declared it dead. 1 min, twice the time that Orleans needs to declare a frozen
    /// silo dead.
    /// </summary>
    private static readonly TimeSpan GoneAfter = TimeSpan.FromMinutes(1);

    public static void Add(ISiloBuilder silo, ExecutionGrainsOptions options)
    {
        var services = silo.Services;
        services.AddSingleton<MasterKeyFile>().AddSingleton<SecretVault>();
        services.AddSingleton<RestoreFence>().AddSingleton(provider => new RuleSettings
        {
            DeadlineGrace = options.JanitorGrace,
            ClaimTimeout = options.ClaimsTimeout,
            CancelGrace = options.CancelGrace,
            EpochMin = provider.GetRequiredService<TrackerStartup>().EpochMin,
        });
        services.AddSingleton<MassLoss>();
        services.AddSingleton(new JanitorSettings { Period = options.JanitorPeriod, MassLossHold = options.JanitorMassLossHold });
        services.AddSingleton<TrackerClock>().AddSingleton<SiloLiveness>().AddSingleton<GrainMetrics>().AddSingleton<GrainLog>();
        services.AddSingleton<SweepLog>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<GrainServices>(provider) with { TombstoneLife = options.RetentionTombstones });
        services.AddSingleton(provider => new EventHasher(provider.GetRequiredService<SecretVault>().HashKey()));
        silo.Configure<ReminderOptions>(reminders => reminders.MinimumReminderPeriod = options.JanitorPeriod);
        // The validator warns about every minimum below Orleans's default. There are only 16 reminders in total, so a short period is harmless.
        services.AddLogging(log => log.AddFilter("Orleans.Hosting.ReminderOptionsValidator", Microsoft.Extensions.Logging.LogLevel.Error));
        services.AddSingleton(Members);
        silo.AddGrainService<SiloReportService>();
        services.AddSingleton<SiloReportSource>().AddSingleton<SiloReportClient>().AddSingleton<ClusterReader>().AddSingleton<SiloAddresses>();
        services.AddSingleton<ExecutionGrainFactory>(provider =>
        {
            var grains = provider.GetRequiredService<IGrainFactory>();
            return id => grains.GetGrain<IExecutionGrain>(id);
        });
        services.AddHostedService<HeartbeatService>();
    }

    /// <summary>
    /// The id in a silo's heartbeat is its Orleans address. A silo that Orleans's membership lists as dead gets no more calls, so its executions are served
    /// elsewhere.
    /// </summary>
    private static SiloMembership Members(IServiceProvider services) => new(
        services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString(),
        GoneAfter,
        silo => services.GetRequiredService<IClusterMembershipService>().CurrentSnapshot.Members.Values
            .Any(member => member.Status == SiloStatus.Dead && member.SiloAddress.ToParsableString() == silo));
}
