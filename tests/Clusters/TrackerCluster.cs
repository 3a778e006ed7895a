using System.Text;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Cluster;
using ExecutionGrains.Rules;

using ExecutionGrains.Storage.Postgres;
using ExecutionGrains.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace ExecutionGrains.Clusters;

/// <summary>Silos in this process that form a cluster over one PostgreSQL database, with TLS over TCP between them.</summary>
internal sealed class TrackerCluster : IAsyncDisposable
{
    public static readonly Worker W1 = new("worker-1", "a");
    private readonly TestCluster _cluster;
    private readonly PostgresStore _store;
    private int _ids;

    private TrackerCluster(TestCluster cluster, string id, string database, TimeProvider time) =>
        (_cluster, Id, Database, _store) = (cluster, id, database, new PostgresStore(new() { ConnectionString = database }, time));

    public string Id { get; }

    public string Database { get; }

    public required TestCertificates Certificates { get; init; }

    public IReadOnlyList<SiloHandle> Silos => [.. _cluster.GetActiveSilos()];

    /// <param name="database">Another cluster's database, as in a mistaken configuration; null: a new one.</param>
    /// <param name="clock">Tracker clock; null: the system's.</param>
    /// <param name="janitorPeriod">Real time, because Orleans times its reminders by the machine's clock. Default 1 min.</param>
    /// <param name="certificates">Default <see cref="TestCertificates.Shared"/>.</param>
    public static async Task<TrackerCluster> OpenAsync(
        short silos, string? database = null, TimeProvider? clock = null, TimeSpan? janitorPeriod = null, TestCertificates? certificates = null)
    {
        database ??= await (await PostgresServer.SharedAsync()).DatabaseAsync();
        var id = Guid.NewGuid().ToString("N");
        if (clock is not null)
        {
            TrackerSilo.Clocks[id] = clock;
        }

        var builder = new TestClusterBuilder(silos)
        {
            Options = { ClusterId = id, ServiceId = "executiongrains", UseTestClusterMembership = false, ConfigureFileLogging = false },
        };
        builder.Options.ConnectionTransport = ConnectionTransportType.TcpSocket;
        builder.Properties[TrackerSilo.StoreKey] = database;
        builder.Properties[TrackerSilo.ClusterKey] = id;
        builder.Properties[TrackerSilo.JanitorPeriodKey] = (janitorPeriod ?? TimeSpan.FromMinutes(1)).ToString();
        certificates ??= TestCertificates.Shared;
        TrackerSilo.SayCertificates(builder.Properties, TrackerSilo.CertificatesKey, certificates.Silo);
        TrackerSilo.SayCertificates(builder.Properties, TrackerClient.CertificatesKey, certificates.Client);
        builder.AddSiloBuilderConfigurator<TrackerSilo>();
        builder.AddClientBuilderConfigurator<TrackerClient>();
        var cluster = builder.Build();
        await cluster.DeployAsync();
        var opened = new TrackerCluster(cluster, id, database, clock ?? TimeProvider.System) { Certificates = certificates };
        await opened._store.MigrateAsync(CancellationToken.None);
        return opened;
    }

    /// <summary>The grain, through the cluster's client.</summary>
    public IExecutionGrain On(string id) => _cluster.GrainFactory.GetGrain<IExecutionGrain>(id);

    /// <summary>The grain, as called by this silo's HTTP.</summary>
    public static IExecutionGrain On(SiloHandle silo, string id) => Services(silo).GetRequiredService<IGrainFactory>().GetGrain<IExecutionGrain>(id);

    /// <summary>The cluster, as this silo answers <c>/v1/cluster</c>.</summary>
    public static Task<ClusterState> ReadAsync(SiloHandle silo) => Services(silo).GetRequiredService<ClusterReader>().ReadAsync();

    /// <summary>Deactivates every grain that is not in a call.</summary>
    public Task CollectAsync() => _cluster.GrainFactory.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

    /// <summary>The silo that has the execution's grain.</summary>
    public async Task<SiloHandle> HolderAsync(string id)
    {
        var address = await _cluster.GrainFactory.GetGrain<IManagementGrain>(0).GetActivationAddress(On(id));
        return Silos.Single(silo => silo.SiloAddress.Equals(address));
    }

    /// <param name="leaseSeconds">Default 60.</param>
    public Task<CommandAnswer> CreateAsync(string id, int? leaseSeconds = null) =>
        On(id).Create(new CreateExecution { Facts = new() { Workflow = "import", HeartbeatTimeoutSeconds = leaseSeconds }, Start = W1 }, Caller.Local);

    public EventReport Report(params ExecutionEvent[] events) =>
        new(1, Array.ConvertAll(events, e => e.EventId is null ? e with { EventId = $"e{Interlocked.Increment(ref _ids)}" } : e));

    public Task KillAsync(SiloHandle silo) => _cluster.KillSiloAsync(silo);

    public Task StopAsync(SiloHandle silo) => _cluster.StopSiloAsync(silo);

    public Task StartAnotherAsync() => _cluster.StartAdditionalSiloAsync(startAdditionalSiloOnNewPort: true);

    public Task StableAsync(bool didKill = false) => _cluster.WaitForLivenessToStabilizeAsync(didKill);

    /// <summary>Advances the clock while all silos write heartbeats.</summary>
    public async Task PassAsync(ManualTimeProvider clock, TimeSpan by)
    {
        for (var left = by; left > TimeSpan.Zero; left -= SiloLiveness.Period)
        {
            clock.Advance(SiloLiveness.Period);
            foreach (var silo in Silos)
            {
                await Services(silo).GetRequiredService<SiloLiveness>().BeatAsync(CancellationToken.None);
            }
        }
    }

    public Task<SweepReport[]> SweepAsync() => Task.WhenAll(Enumerable.Range(0, IJanitorGrain.BucketCount)
        .Select(bucket => _cluster.GrainFactory.GetGrain<IJanitorGrain>(IJanitorGrain.Key(bucket)).Sweep()));

    /// <summary>The stored row.</summary>
    public async Task<ExecutionState> StateAsync(string id) =>
        await _store.LoadAsync(new ExecutionId(id), CancellationToken.None) ?? throw new InvalidOperationException($"{id} is unknown.");

    public Task<IReadOnlyList<Outage>> OutagesAsync() => _store.OutagesAsync(100, CancellationToken.None);

    public async Task<IReadOnlyList<Effect.History>> HistoryAsync(string id) =>
        (await _store.HistoryAsync(await StateAsync(id), newestFirst: false, 2_000, null, CancellationToken.None)).Items;

    /// <summary>Orleans's stored grain states of the janitors.</summary>
    public async Task<IReadOnlyList<string>> JanitorRecordsAsync()
    {
        await using var database = NpgsqlDataSource.Create(Database);
        await using var command = database.CreateCommand("select payload from orleans_grain_states");
        await using var rows = await command.ExecuteReaderAsync();
        var records = new List<string>();
        while (await rows.ReadAsync())
        {
            records.Add(Encoding.UTF8.GetString(rows.GetFieldValue<byte[]>(0)));
        }

        return records;
    }

    public async Task<long> ReminderCountAsync() => (await RemindersAsync()).Count;

    /// <summary>Each reminder's start time and the version of its row.</summary>
    public async Task<IReadOnlyList<(DateTimeOffset Start, int Version)>> RemindersAsync()
    {
        await using var database = NpgsqlDataSource.Create(Database);
        await using var command = database.CreateCommand("select start_time, version from orleans_reminders");
        await using var rows = await command.ExecuteReaderAsync();
        var reminders = new List<(DateTimeOffset, int)>();
        while (await rows.ReadAsync())
        {
            reminders.Add((rows.GetFieldValue<DateTimeOffset>(0), rows.GetInt32(1)));
        }

        return reminders;
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
        await _store.DisposeAsync();
        TrackerSilo.Clocks.TryRemove(Id, out _);
        TrackerSilo.Unreachable.TryRemove(Id, out _);
        TrackerSilo.Undeclared.TryRemove(Id, out _);
    }

    private static IServiceProvider Services(SiloHandle silo) => ((InProcessSiloHandle)silo).ServiceProvider;
}
