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

/// <summary>Orleans: a cluster over PostgreSQL, or a single silo over SQLite. Why the settings are what they are: docs/decisions/0009-orleans-cluster.md.</summary>
public static class OrleansHosting
{
    private const string Npgsql = "Npgsql";

    /// <summary>An execution that nobody calls for so long weighs nothing; the next call reads its row.</summary>
    private static readonly TimeSpan IdleAge = TimeSpan.FromMinutes(2);

    /// <summary>Grains of which a silo remembers where they are; a call to any other asks the directory first. 200,000.</summary>
    private const int DirectoryCacheSize = 200_000;

    /// <summary>
    /// Twice the time that Orleans needs to declare a frozen silo dead. A silo that was silent for longer counts as gone even if Orleans has not said so.
    /// </summary>
    private static readonly TimeSpan GoneAfter = TimeSpan.FromMinutes(1);

    /// <summary>Orleans's own dashboard: for admins of every namespace, since it names every grain.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetRequiredService<SiloOptions>().ClusterDashboard)
        {
            routes.MapOrleansDashboard("/orleans").Requires(new Access(Role.Admin, Everywhere: true)).ExcludeFromDescription();
        }
    }

    /// <returns>Why Orleans could not start, in words; null for any other failure.</returns>
    public static string? StartFault(Exception failure, SiloOptions options) => failure switch
    {
        // Kestrel tells a taken address of its own as an IOException.
        AddressInUseException => $"the port for silos or the one for clients is taken: {Ports(options)}",
        SocketException socket when options.StoreProvider == "postgres" => $"the ports for silos and clients cannot be opened: {Ports(options)}: {socket.Message}",
        OrleansException or OrleansConfigurationException => $"it did not get into the cluster {options.ClusterId}: {failure.Message}",
        _ => null,
    };

    private static string Ports(SiloOptions options) =>
        $"ExecutionGrains__Cluster__Address is {options.ClusterAddress}, ExecutionGrains__Cluster__SiloPort {options.ClusterSiloPort}, ExecutionGrains__Cluster__GatewayPort {options.ClusterGatewayPort}";

    internal static void Add(IServiceCollection services, SiloOptions options) => services.AddOrleans(silo =>
    {
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, ClusterNames.Service));
        silo.Configure<ReminderOptions>(reminders => reminders.MinimumReminderPeriod = options.JanitorPeriod);
        // It warns of every minimum below its own default; sixteen reminders in all may be as quick as they like.
        silo.Services.AddLogging(log => log.AddFilter("Orleans.Hosting.ReminderOptionsValidator", Microsoft.Extensions.Logging.LogLevel.Error));
        silo.Configure<ClusterMembershipOptions>(Watch);
        // Where there is little to choose between the silos, the one that was called: then the call stays in it. Else the one with most to spare.
        silo.Services.AddSingleton<PlacementStrategy, ResourceOptimizedPlacement>();
        silo.Configure<GrainCollectionOptions>(idle => (idle.CollectionAge, idle.CollectionQuantum) = (IdleAge, TimeSpan.FromSeconds(30)));
        if (options.ClusterDashboard)
        {
            // Its log would show what access to the silo's own log guards.
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

    /// <summary>A silo's sign of life bears its address: what Orleans holds for dead it no longer sends calls to.</summary>
    private static SiloMembership Members(IServiceProvider services) => new(
        services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString(),
        GoneAfter,
        silo => services.GetRequiredService<IClusterMembershipService>().CurrentSnapshot.Members.Values
            .Any(member => member.Status == SiloStatus.Dead && member.SiloAddress.ToParsableString() == silo));

    /// <summary>A silo that was killed is known to be dead after three probes, 6 to 8 s; with the defaults it takes half a minute and more.</summary>
    private static void Watch(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(2);
        membership.NumMissedProbesLimit = 3;
        // Two of three silos agree; where only one is left to say so, one is enough (Orleans lowers it by itself).
        membership.NumVotesForDeathDeclaration = 2;
        // Gossip carries the news; the table is what is left where gossip fails.
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(10);
        // What is left of a cluster that was killed as a whole is seen as stale when it starts again, and does not keep the new silos waiting.
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        membership.MaxJoinAttemptTime = TimeSpan.FromMinutes(1);
    }

    private static void AddCluster(ISiloBuilder silo, SiloOptions options)
    {
        var (siloPort, gatewayPort) = PortsOf(options, options.ClusterAddress);
        silo.ConfigureEndpoints(options.ClusterAddress, siloPort, gatewayPort, listenOnAnyHostAddress: false);
        UseCertificates(silo, options);
        // A grain that went idle is forgotten with its activation. Orleans allocates for the whole size at the start, twice: 18.6 MB for its default of a million.
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

    /// <summary>One file has one silo, without a port. Reminders are in memory: the janitors register theirs at every start.</summary>
    private static void AddSingle(ISiloBuilder silo, SiloOptions options)
    {
        silo.UseLocalhostClustering(gatewayPort: 0, serviceId: ClusterNames.Service, clusterId: options.ClusterId);
        ClosedTransport.Use(silo);
        // Every grain is here. A cache of where they are costs 260 bytes for each that was called, and 18.6 MB before the first.
        silo.Configure<GrainDirectoryOptions>(directory => directory.CachingStrategy = GrainDirectoryOptions.CachingStrategyType.None);
        // There is no other silo whose load could be compared with this one's.
        silo.Configure<DeploymentLoadPublisherOptions>(load => load.DeploymentLoadPublisherRefreshTime = TimeSpan.FromMinutes(1));
        if (!options.ClusterDashboard)
        {
            silo.Services.AddSingleton<IEnvironmentStatisticsProvider, UnmeasuredLoad>();
        }

        silo.UseInMemoryReminderService();
        silo.Services.AddKeyedSingleton<IGrainStorage>("Default", (provider, _) => new StoredGrainStates(provider.GetRequiredService<SqliteStore>()));
        silo.Services.AddSingleton(provider => provider.GetRequiredKeyedService<IGrainStorage>("Default"));
    }

    /// <summary>Those that are set, else free ones of the <paramref name="address"/> at which it will listen; both are held until both are known, so that they differ.</summary>
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
