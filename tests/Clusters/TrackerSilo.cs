using System.Collections.Concurrent;
using System.Globalization;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Cluster;
using ExecutionGrains.Silo.Clustering;
using ExecutionGrains.Silo.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace ExecutionGrains.Clusters;

/// <summary>A silo of a test cluster, composed as in the product, without HTTP.</summary>
public sealed class TrackerSilo : ISiloConfigurator
{
    public const string StoreKey = "store";
    public const string ClusterKey = "cluster";
    public const string JanitorPeriodKey = "janitor-period";
    public const string CertificatesKey = "silo-certificates";

    /// <summary>Master key file of all clusters in this process, because some share a database and with it the master key.</summary>
    private static readonly string Keys = Path.Combine(Directory.CreateTempSubdirectory("eg-keys-").FullName, "master.key");

    /// <summary>Tracker clock by cluster; default the system's clock.</summary>
    internal static readonly ConcurrentDictionary<string, TimeProvider> Clocks = new();

    /// <summary>By cluster, whether a call of the grain with this key fails as if its silo has just died. Default: none fails.</summary>
    internal static readonly ConcurrentDictionary<string, Func<string, bool>> Unreachable = new();

    /// <summary>Clusters whose trackers are not told which silos Orleans has declared dead, because that declaration takes no tracker time.</summary>
    internal static readonly ConcurrentDictionary<string, bool> Undeclared = new();

    /// <summary>By silo address, runs before the silo reports for <c>/v1/cluster</c>. Default: nothing.</summary>
    internal static readonly ConcurrentDictionary<string, Func<Task>> BeforeReport = new();

    public void Configure(ISiloBuilder siloBuilder)
    {
        var cluster = siloBuilder.Configuration[ClusterKey]!;
        var options = new ProgramOptions
        {
            StoreProvider = "postgres",
            StoreConnectionString = siloBuilder.Configuration[StoreKey],
            ClusterId = cluster,
            MasterKeyFile = Keys,
            ClusterCertificates = Certificates(siloBuilder.Configuration, CertificatesKey),
            JanitorPeriod = TimeSpan.Parse(siloBuilder.Configuration[JanitorPeriodKey] ?? "00:01:00", CultureInfo.InvariantCulture),
        };
        var services = siloBuilder.Services;
        services.AddLogging(log => log.AddFilter("Orleans", Microsoft.Extensions.Logging.LogLevel.Warning));
        services.AddKeyedSingleton(TrackerClock.Key, Clocks.GetValueOrDefault(cluster, TimeProvider.System));
        OrleansSetup.Configure(siloBuilder, options);
        var members = services.Single(service => service.ServiceType == typeof(SiloMembership)).ImplementationFactory!;
        services.AddSingleton(provider => Declaring((SiloMembership)members(provider), cluster));
        siloBuilder.AddIncomingGrainCallFilter(call =>
            Unreachable.TryGetValue(cluster, out var lost) && lost(call.TargetId.Key.ToString()!)
                ? throw new SiloUnavailableException("Its silo has just died.")
                : call.Invoke());
        siloBuilder.AddIncomingGrainCallFilter(async call =>
        {
            if (call.InterfaceMethod.DeclaringType == typeof(ISiloReportService) && BeforeReport.TryGetValue(call.TargetId.Key.ToString()!, out var before))
            {
                await before();
            }

            await call.Invoke();
        });
    }

    public static void SayCertificates(IDictionary<string, string?> configuration, string key, CertificateFiles files) =>
        (configuration[key], configuration[$"{key}-key"], configuration[$"{key}-authority"]) = (files.Certificate, files.Key, files.Authority);

    /// <summary>Null if none are configured.</summary>
    public static CertificateFiles? Certificates(IConfiguration configuration, string key) =>
        configuration[key] is { } certificate ? new(certificate, configuration[$"{key}-key"]!, configuration[$"{key}-authority"]!) : null;

    private static SiloMembership Declaring(SiloMembership members, string cluster) =>
        members with { IsDead = silo => !Undeclared.ContainsKey(cluster) && members.IsDead(silo) };
}
