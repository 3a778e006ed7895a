using System.Net;
using System.Net.Sockets;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using ExecutionGrains.Silo.Auth;
using ExecutionGrains.Silo.Certificates;
using ExecutionGrains.Silo.Cluster;
using ExecutionGrains.Silo.Hosting.OrleansGaps;
using ExecutionGrains.Storage.Sqlite;
using Microsoft.AspNetCore.Connections;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Runtime;
using Orleans.Statistics;
using Orleans.Storage;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Configures Orleans: a cluster on PostgreSQL, or a single silo on SQLite. docs/decisions/0009-orleans-cluster.md gives the reasons.</summary>
public static class OrleansHosting
{
    private const string Npgsql = "Npgsql";

    /// <summary>Time without a call after which a grain is deactivated to free its memory; the next call reads its row again. 2 min.</summary>
    private static readonly TimeSpan IdleAge = TimeSpan.FromMinutes(2);

    /// <summary>Grain locations that a silo caches. A call to a grain outside the cache asks the grain directory first. 200,000.</summary>
    private const int DirectoryCacheSize = 200_000;

    /// <summary>
    /// Silence after which another silo counts as gone even if Orleans has not declared it dead. 1 min, twice the time that Orleans needs to declare a frozen
    /// silo dead.
    /// </summary>
    private static readonly TimeSpan GoneAfter = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Maps Orleans's own dashboard at <c>/orleans</c> if it is enabled. It requires an admin of all namespaces, because it names every grain.
    /// </summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetRequiredService<SiloOptions>().ClusterDashboard)
        {
            routes.MapOrleansDashboard("/orleans").Requires(new Access(Role.Admin, Everywhere: true)).ExcludeFromDescription();
        }
    }

    /// <summary>Explains a failure of Orleans at the start.</summary>
    /// <returns>The reason as one phrase for the error message; null if the failure is not Orleans's.</returns>
    public static string? StartFault(Exception failure, SiloOptions options) => failure switch
    {
        // An Orleans port: if an address of Kestrel is in use, Kestrel throws an IOException instead.
        AddressInUseException => $"the port for silos or the one for clients is taken: {Ports(options)}",
        SocketException socket when options.StoreProvider == "postgres" =>
            $"the ports for silos and clients cannot be opened: {Ports(options)}: {socket.Message}",
        OrleansException or OrleansConfigurationException => $"the silo could not join the cluster {options.ClusterId}: {failure.Message}",
        _ => null,
    };

    private static string Ports(SiloOptions options) =>
        $"ExecutionGrains__Cluster__Address is {options.ClusterAddress}, ExecutionGrains__Cluster__SiloPort {options.ClusterSiloPort}, "
            + $"ExecutionGrains__Cluster__GatewayPort {options.ClusterGatewayPort}";

    internal static void Add(IServiceCollection services, SiloOptions options) => services.AddOrleans(silo =>
    {
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, ClusterNames.Service));
        silo.Configure<ReminderOptions>(reminders => reminders.MinimumReminderPeriod = options.JanitorPeriod);
        // The validator warns about every minimum below Orleans's default. There are only 16 reminders in total, so a short period is harmless.
        silo.Services.AddLogging(log => log.AddFilter("Orleans.Hosting.ReminderOptionsValidator", Microsoft.Extensions.Logging.LogLevel.Error));
        silo.Configure<ClusterMembershipOptions>(Watch);
        // Places a new grain on the silo with the most free resources. If the silos differ little, it prefers the called silo, so that the call stays local.
        silo.Services.AddSingleton<PlacementStrategy, ResourceOptimizedPlacement>();
        silo.Configure<GrainCollectionOptions>(idle => (idle.CollectionAge, idle.CollectionQuantum) = (IdleAge, TimeSpan.FromSeconds(30)));
        if (options.ClusterDashboard)
        {
            // Its trace page would show the silo's log to readers who may have no access to that log.
            silo.AddDashboard(dashboard => dashboard.HideTrace = true);
        }

        silo.Services.AddSingleton(Members);
        silo.AddGrainService<SiloReportService>();
        silo.Services.AddSingleton<SiloReporter>().AddSingleton<SiloReports>().AddSingleton<ClusterReader>().AddSingleton<SiloAddresses>();
        if (options.StoreProvider == "postgres")
        {
            AddCluster(silo, options);
        }
        else
        {
            AddSingle(silo, options);
        }
    });

    /// <summary>
    /// The id in a silo's heartbeat is its Orleans address. A silo that Orleans's membership lists as dead gets no more calls, so its executions are served
    /// elsewhere.
    /// </summary>
    private static SiloMembership Members(IServiceProvider services) => new(
        services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString(),
        GoneAfter,
        silo => services.GetRequiredService<IClusterMembershipService>().CurrentSnapshot.Members.Values
            .Any(member => member.Status == SiloStatus.Dead && member.SiloAddress.ToParsableString() == silo));

    /// <summary>Failure detection: a killed silo is declared dead after three missed probes, 6 to 8 s. Orleans's defaults need 30 s or more.</summary>
    private static void Watch(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(2);
        membership.NumMissedProbesLimit = 3;
        // Of three silos, two must agree. If only one can vote, one vote is enough; Orleans lowers the number by itself.
        membership.NumVotesForDeathDeclaration = 2;
        // Gossip spreads membership changes. Reading the table is the fallback if gossip fails.
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(10);
        // After a whole cluster was killed and starts again, the entries of the killed silos soon count as stale, so the new silos need not wait for them.
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        membership.MaxJoinAttemptTime = TimeSpan.FromMinutes(1);
    }

    private static void AddCluster(ISiloBuilder silo, SiloOptions options)
    {
        var (siloPort, gatewayPort) = PortsOf(options, options.ClusterAddress);
        silo.ConfigureEndpoints(options.ClusterAddress, siloPort, gatewayPort, listenOnAnyHostAddress: false);
        UseCertificates(silo, options);
        // A cached location expires when an idle activation would. Orleans allocates the whole cache at the start, twice: 18.6 MB at its default size of
        // 1,000,000.
        silo.Configure<GrainDirectoryOptions>(directory => (directory.MaximumCacheTTL, directory.CacheSize) = (IdleAge, DirectoryCacheSize));
        silo.UseAdoNetClustering(ado => (ado.Invariant, ado.ConnectionString) = (Npgsql, options.StoreConnectionString!));
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, JoiningSigns>().AddSingleton<ILifecycleParticipant<ISiloLifecycle>, LeavingTime>();
        silo.UseAdoNetReminderService(ado => (ado.Invariant, ado.ConnectionString) = (Npgsql, options.StoreConnectionString!));
        silo.AddAdoNetGrainStorageAsDefault(ado =>
            (ado.Invariant, ado.ConnectionString, ado.GrainStorageSerializer) = (Npgsql, options.StoreConnectionString!, new GrainStateJson()));
    }

    private static void UseCertificates(ISiloBuilder silo, SiloOptions options)
    {
        if (options.ClusterCertificates is not { } files)
        {
            return;
        }

        try
        {
            var certificates = ClusterCertificates.OfSilo(files);
            ClusterTls.Use(silo, certificates, files.Authority);
            silo.Services.AddSingleton<IHostedService>(provider =>
                new CertificateWatch(certificates, TimeProvider.System, provider.GetRequiredService<ILogger<CertificateWatch>>()));
        }
        catch (CertificateException failure)
        {
            throw new StartException(failure.Message);
        }
    }

    /// <summary>
    /// Configures the one silo of a SQLite file, without Orleans ports. Reminders are kept in memory only, because the janitors register theirs at every start.
    /// </summary>
    private static void AddSingle(ISiloBuilder silo, SiloOptions options)
    {
        silo.UseLocalhostClustering(gatewayPort: 0, serviceId: ClusterNames.Service, clusterId: options.ClusterId);
        ClosedTransport.Use(silo);
        // All grains are on this silo. A cache of their locations would cost 260 bytes for each called grain, and 18.6 MB before the first call.
        silo.Configure<GrainDirectoryOptions>(directory => directory.CachingStrategy = GrainDirectoryOptions.CachingStrategyType.None);
        // Rarely, because no other silo compares its load with this one's.
        silo.Configure<DeploymentLoadPublisherOptions>(load => load.DeploymentLoadPublisherRefreshTime = TimeSpan.FromMinutes(1));
        if (!options.ClusterDashboard)
        {
            silo.Services.AddSingleton<IEnvironmentStatisticsProvider, UnmeasuredLoad>();
        }

        silo.UseInMemoryReminderService();
        silo.Services.AddKeyedSingleton<IGrainStorage>("Default", (provider, _) => new StoredGrainStates(provider.GetRequiredService<SqliteStore>()));
        silo.Services.AddSingleton(provider => provider.GetRequiredKeyedService<IGrainStorage>("Default"));
    }

    /// <summary>
    /// Returns the configured ports; for 0, a free port of <paramref name="address"/>. Both listeners stay open until both ports are known, so that the free
    /// ports differ.
    /// </summary>
    /// <exception cref="StartException">The address cannot be opened on this machine.</exception>
    private static (int Silo, int Gateway) PortsOf(SiloOptions options, IPAddress address)
    {
        using TcpListener one = new(address, 0), other = new(address, 0);
        return (Or(options.ClusterSiloPort, one), Or(options.ClusterGatewayPort, other));

        int Or(int port, TcpListener free)
        {
            try
            {
                free.Start();
                return port == 0 ? ((IPEndPoint)free.LocalEndpoint).Port : port;
            }
            catch (SocketException failure)
            {
                throw new StartException(StartFault(failure, options)!);
            }
        }
    }
}
