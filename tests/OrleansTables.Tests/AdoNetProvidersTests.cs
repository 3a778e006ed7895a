using System.Net;
using System.Net.Sockets;
using ExecutionGrains.Storage.Postgres;
using ExecutionGrains.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;
using Xunit;

namespace ExecutionGrains.OrleansTables.Tests;

/// <summary>Orleans's own AdoNet providers on a database that the store has migrated, with separate silos, in real time, without our grains.</summary>
public sealed class AdoNetProvidersTests : IAsyncLifetime
{
    private string _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await (await PostgresServer.SharedAsync()).DatabaseAsync();
        await using var store = new PostgresStore(new() { ConnectionString = _database });
        await store.MigrateAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync() => await (await PostgresServer.SharedAsync()).DropAsync(_database);

    [Fact]
    public async Task Silos_find_each_other_and_a_stopped_one_is_seen_as_dead()
    {
        using var one = await SiloAsync();
        var members = one.Services.GetRequiredService<IMembershipTable>();
        using (var two = await SiloAsync())
        {
            var both = await members.ReadAllAsync();
            Assert.Equal([SiloStatus.Active, SiloStatus.Active], both.Members.Select(m => m.Item1.Status));
            Assert.All(both.Members, m => Assert.True(m.Item1.ProxyPort > 0));
            await two.StopAsync(Cancel);
        }

        Assert.Equal([SiloStatus.Active, SiloStatus.Dead], (await members.ReadAllAsync()).Members.Select(m => m.Item1.Status).Order());
        await one.StopAsync(Cancel);
    }

    [Fact]
    public async Task Three_silos_that_start_at_once_all_join_and_a_killed_one_is_voted_dead()
    {
        var silos = await Task.WhenAll(SiloAsync(), SiloAsync(), SiloAsync());
        var killed = silos[2].Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        var seen = silos[0].Services.GetRequiredService<IClusterMembershipService>();
        // A stop that is cancelled before it begins notifies no other silo.
        await silos[2].StopAsync(new CancellationToken(canceled: true));
        await foreach (var view in seen.MembershipUpdates.WithCancellation(Cancel))
        {
            if (view.Members[killed].Status == SiloStatus.Dead)
            {
                break;
            }
        }

        var row = (await silos[0].Services.GetRequiredService<IMembershipTable>().ReadRowAsync(killed)).Members.Single().Item1;
        Assert.Equal(SiloStatus.Dead, row.Status);
        Assert.NotEmpty(row.SuspectTimes!);
        await Task.WhenAll(silos[0].StopAsync(Cancel), silos[1].StopAsync(Cancel));
        Array.ForEach(silos, s => s.Dispose());
    }

    /// <summary>The silo does not run, because a running one evicts rows that are this old.</summary>
    [Fact]
    public async Task The_membership_table_follows_its_protocol()
    {
        using var silo = Silo();
        var members = silo.Services.GetRequiredService<IMembershipTable>();
        await members.InitializeMembershipTableAsync(true);
        Assert.True(await members.InsertRowAsync(Member(7, SiloStatus.Active, aliveAt: DateTime.UtcNow), (await members.ReadAllAsync()).Version.Next()));
        var entry = Member(1, SiloStatus.Created, aliveAt: DateTime.UtcNow.AddDays(-8));
        var before = (await members.ReadAllAsync()).Version;
        Assert.True(await members.InsertRowAsync(entry, before.Next()));
        Assert.False(await members.InsertRowAsync(entry, before.Next()));
        var read = await members.ReadRowAsync(entry.SiloAddress);
        Assert.Equal(before.Version + 1, read.Version.Version);
        Assert.False(await members.InsertRowAsync(entry, read.Version.Next()));

        entry.Status = SiloStatus.Dead;
        entry.AddSuspector(SiloAddress.New(IPAddress.Loopback, 2, 2), DateTime.UtcNow);
        // The provider requires a row's own etag, not our statements: it refuses a write of a row that was not read.
        var etag = Assert.Single(read.Members).Item2;
        Assert.False(await members.UpdateRowAsync(entry, etag, before.Next()));
        Assert.True(await members.UpdateRowAsync(entry, etag, read.Version.Next()));
        var updated = Assert.Single((await members.ReadRowAsync(entry.SiloAddress)).Members).Item1;
        Assert.Equal((SiloStatus.Dead, 1, "silo-1"), (updated.Status, updated.SuspectTimes!.Count, updated.SiloName));

        await members.CleanupDefunctSiloEntriesAsync(DateTimeOffset.UtcNow.AddDays(-7));
        Assert.Equal(SiloStatus.Active, Assert.Single((await members.ReadAllAsync()).Members).Item1.Status);
    }

    [Fact]
    public async Task A_grains_state_survives_its_silo_and_a_conflicting_write_is_refused()
    {
        using (var first = await SiloAsync())
        {
            Assert.Equal(1, await Note(first).Add());
            Assert.Equal(2, await Note(first).Add());
            await first.StopAsync(Cancel);
        }

        using var second = await SiloAsync();
        Assert.Equal(3, await Note(second).Add());

        // Another writer.
        await using (var connection = new NpgsqlConnection(_database))
        {
            await connection.OpenAsync(Cancel);
            await using var other = new NpgsqlCommand("update orleans_grain_states set version = 1000000", connection);
            Assert.Equal(1, await other.ExecuteNonQueryAsync(Cancel));
        }

        await Assert.ThrowsAsync<InconsistentStateException>(() => Note(second).Add());
        // Orleans deactivates an activation that wrote with a stale etag; the next one reads.
        Assert.Equal(4, await Note(second).Add());
        await Note(second).Clear();
        Assert.Equal(1, await Note(second).Add());
        await second.StopAsync(Cancel);
    }

    [Fact]
    public async Task A_reminder_survives_its_silo()
    {
        using (var first = await SiloAsync())
        {
            await Note(first).Remind();
            await first.StopAsync(Cancel);
        }

        var ticked = NoteGrain.NextTick();
        using var second = await SiloAsync();
        Assert.Equal("janitor/3 sweep", await ticked.WaitAsync(TimeSpan.FromSeconds(60), Cancel));
        await Note(second).Forget();
        await second.StopAsync(Cancel);
    }

    [Fact]
    public async Task The_reminder_table_follows_its_protocol()
    {
        using var silo = await SiloAsync();
        var reminders = silo.Services.GetRequiredService<IReminderTable>();
        var entries = Enumerable.Range(0, 16).Select(i => new ReminderEntry
        {
            GrainId = GrainId.Create("note", $"janitor/{i}"),
            ReminderName = "sweep",
            StartAt = DateTime.UtcNow.AddDays(1),
            Period = i == 0 ? TimeSpan.FromDays(30) : TimeSpan.FromMinutes(1),
        }).ToList();
        foreach (var entry in entries)
        {
            entry.ETag = (await reminders.UpsertRow(entry))!;
        }

        var hashes = entries.Select(e => e.GrainId.GetUniformHashCode()).Order().ToList();
        Assert.Equal(5, (await reminders.ReadRows(hashes[3], hashes[8])).Reminders.Count);
        Assert.Equal(11, (await reminders.ReadRows(hashes[8], hashes[3])).Reminders.Count);
        Assert.Equal(16, (await reminders.ReadRows(hashes[3], hashes[3])).Reminders.Count);
        Assert.Equal(TimeSpan.FromDays(30), (await reminders.ReadRow(entries[0].GrainId, "sweep"))!.Period);
        Assert.Null(await reminders.ReadRow(entries[0].GrainId, "other"));

        var newer = await reminders.UpsertRow(entries[0]);
        Assert.False(await reminders.RemoveRow(entries[0].GrainId, "sweep", entries[0].ETag!));
        Assert.True(await reminders.RemoveRow(entries[0].GrainId, "sweep", newer!));
        Assert.Equal(15, (await reminders.ReadRows(0, 0)).Reminders.Count);
        await silo.StopAsync(Cancel);
    }

    private static INoteGrain Note(IHost silo) => silo.Services.GetRequiredService<IGrainFactory>().GetGrain<INoteGrain>("janitor/3");

    private static MembershipEntry Member(int port, SiloStatus status, DateTime aliveAt) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, port, 1),
        SiloName = $"silo-{port}",
        HostName = "host",
        Status = status,
        StartTime = aliveAt.AddDays(-1),
        IAmAliveTime = aliveAt,
    };

    private async Task<IHost> SiloAsync()
    {
        var silo = Silo();
        await silo.StartAsync(Cancel);
        return silo;
    }

    private IHost Silo()
    {
        var (siloPort, gatewayPort) = (FreePort(), FreePort());
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo => silo
            .Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = ("tests", "execution-grains"))
            .Configure<ClusterMembershipOptions>(
                o => (o.ProbeTimeout, o.NumMissedProbesLimit, o.NumVotesForDeathDeclaration) = (TimeSpan.FromMilliseconds(500), 2, 2))
            .Configure<ReminderOptions>(o => o.MinimumReminderPeriod = TimeSpan.FromMilliseconds(100))
            .Configure<EndpointOptions>(o => (o.AdvertisedIPAddress, o.SiloPort, o.GatewayPort) = (IPAddress.Loopback, siloPort, gatewayPort))
            .UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = ("Npgsql", _database))
            .AddAdoNetGrainStorageAsDefault(o => (o.Invariant, o.ConnectionString) = ("Npgsql", _database))
            .UseAdoNetReminderService(o => (o.Invariant, o.ConnectionString) = ("Npgsql", _database)));
        return builder.Build();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
