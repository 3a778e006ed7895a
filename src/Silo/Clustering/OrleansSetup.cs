using System.Net;
using System.Net.Sockets;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using ExecutionGrains.Hosting;
using ExecutionGrains.Hosting.Auth;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Silo.Clustering.OrleansGaps;
using ExecutionGrains.Silo.Configuration;
using Microsoft.AspNetCore.Connections;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Runtime;
using Orleans.Statistics;

namespace ExecutionGrains.Silo.Clustering;

/// <summary>Configures Orleans: a cluster on PostgreSQL, or a single silo on SQLite. docs/decisions/0009-orleans-cluster.md gives the reasons.</summary>
public static class OrleansSetup
{
    private const string Npgsql = "Npgsql";

    /// <summary>Time without a call after which a grain is deactivated to free its memory; the next call reads its row again. 2 min.</summary>
    private static readonly TimeSpan IdleAge = TimeSpan.FromMinutes(2);

    /// <summary>Grain locations that a silo caches. A call to a grain outside the cache asks the grain directory first. 200,000.</summary>
    private const int DirectoryCacheSize = 200_000;

    /// <summary>
    /// Maps Orleans's own dashboard at <c>/orleans</c> if it is enabled. It requires an admin of all namespaces, because it names every grain.
    /// </summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetRequiredService<ProgramOptions>().ClusterDashboard)
        {
            routes.MapOrleansDashboard("/orleans").Requires(new AccessRequirement(Role.Admin, Everywhere: true)).ExcludeFromDescription();
        }
    }

    /// <summary>Explains a failure of Orleans at the start.</summary>
    /// <returns>The reason as one phrase for the error message; null if the failure is not Orleans's.</returns>
    public static string? StartFault(Exception failure, ProgramOptions options) => failure switch
    {
        // An Orleans port: if an address of Kestrel is in use, Kestrel throws an IOException instead.
        AddressInUseException => $"the port for silos or the one for clients is taken: {Ports(options)}",
        SocketException socket when options.StoreProvider == "postgres" =>
            $"the ports for silos and clients cannot be opened: {Ports(options)}: {socket.Message}",
        OrleansException or OrleansConfigurationException => $"the silo could not join the cluster {options.ClusterId}: {failure.Message}",
        _ => null,
    };

    private static string Ports(ProgramOptions options) =>
        $"ExecutionGrains__Cluster__Address is {options.ClusterAddress}, ExecutionGrains__Cluster__SiloPort {options.ClusterSiloPort}, "
            + $"ExecutionGrains__Cluster__GatewayPort {options.ClusterGatewayPort}";

    /// <summary>Configures the silo: its cluster, and the tracker in it.</summary>
    public static void Configure(ISiloBuilder silo, ProgramOptions options)
    {
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, ClusterNames.Service));
        silo.Configure<ClusterMembershipOptions>(Watch);
        // Places a new grain on the silo with the most free resources. If the silos differ little, it prefers the called silo, so that the call stays local.
        silo.Services.AddSingleton<PlacementStrategy, ResourceOptimizedPlacement>();
        silo.Configure<GrainCollectionOptions>(idle => (idle.CollectionAge, idle.CollectionQuantum) = (IdleAge, TimeSpan.FromSeconds(30)));
        if (options.ClusterDashboard)
        {
            // Its trace page would show the silo's log to readers who may have no access to that log.
            silo.AddDashboard(dashboard => dashboard.HideTrace = true);
        }

        silo.Services.AddSingleton<IFatalErrorHandler, FatalErrors>();
        if (options.StoreProvider == "postgres")
        {
            AddCluster(silo, options);
        }
        else
        {
            AddSingle(silo, options);
        }

        silo.AddExecutionGrains(options);
    }

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

    private static void AddCluster(ISiloBuilder silo, ProgramOptions options)
    {
        var (siloPort, gatewayPort) = PortsOf(options, options.ClusterAddress);
        silo.ConfigureEndpoints(options.ClusterAddress, siloPort, gatewayPort, listenOnAnyHostAddress: false);
        UseCertificates(silo, options);
        // A cached location expires when an idle activation would. Orleans allocates the whole cache at the start, twice: 18.6 MB at its default size of
        // 1,000,000.
        silo.Configure<GrainDirectoryOptions>(directory => (directory.MaximumCacheTTL, directory.CacheSize) = (IdleAge, DirectoryCacheSize));
        silo.UseAdoNetClustering(ado => (ado.Invariant, ado.ConnectionString) = (Npgsql, options.StoreConnectionString!));
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, LeavingTime>();
        silo.UseAdoNetReminderService(ado => (ado.Invariant, ado.ConnectionString) = (Npgsql, options.StoreConnectionString!));
    }

    private static void UseCertificates(ISiloBuilder silo, ProgramOptions options)
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
                new CertificateMonitor(certificates, TimeProvider.System, provider.GetRequiredService<ILogger<CertificateMonitor>>()));
        }
        catch (CertificateException failure)
        {
            throw new StartException(failure.Message);
        }
    }

    /// <summary>
    /// Configures the one silo of a SQLite file, without Orleans ports. Reminders are kept in memory only, because the janitors register theirs at every start.
    /// </summary>
    private static void AddSingle(ISiloBuilder silo, ProgramOptions options)
    {
        silo.UseLocalhostClustering(gatewayPort: 0, serviceId: ClusterNames.Service, clusterId: options.ClusterId);
        DisabledConnectionListener.Use(silo);
        // All grains are on this silo. A cache of their locations would cost 260 bytes for each called grain, and 18.6 MB before the first call.
        silo.Configure<GrainDirectoryOptions>(directory => directory.CachingStrategy = GrainDirectoryOptions.CachingStrategyType.None);
        // Rarely, because no other silo compares its load with this one's.
        silo.Configure<DeploymentLoadPublisherOptions>(load => load.DeploymentLoadPublisherRefreshTime = TimeSpan.FromMinutes(1));
        if (!options.ClusterDashboard)
        {
            silo.Services.AddSingleton<IEnvironmentStatisticsProvider, NullEnvironmentStatistics>();
        }

        silo.UseInMemoryReminderService();
    }

    /// <summary>
    /// Returns the configured ports; for 0, a free port of <paramref name="address"/>. Both listeners stay open until both ports are known, so that the free
    /// ports differ.
    /// </summary>
    /// <exception cref="StartException">The address cannot be opened on this machine.</exception>
    private static (int Silo, int Gateway) PortsOf(ProgramOptions options, IPAddress address)
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
