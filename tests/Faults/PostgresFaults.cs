using ExecutionGrains.Testing;
using Npgsql;
using Xunit;

namespace ExecutionGrains.Faults;

/// <summary>Faults that occur only on PostgreSQL: the server dies, the network to it is cut, two silos share it.</summary>
public sealed class PostgresFaults : IAsyncLifetime
{
    private static readonly TimeSpan Lease = ProcessFaults.Lease;
    private static readonly TimeSpan Pace = ProcessFaults.Pace;
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("eg-faults-");
    private PostgresServer? _server;
    private string _connection = string.Empty;

    private SiloSettings Settings => new(_data.FullName) { Store = At(_connection) };

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartAsync(durable: true);
        _connection = await _server.DatabaseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _data.Delete(recursive: true);
    }

    [Fact]
    public async Task S44_a_server_killed_under_load_causes_retries_and_loses_nothing_acknowledged()
    {
        await using var silo = await SiloProcess.StartAsync(Settings);
        using var api = new TrackerApi(silo.Address);
        var book = new Acknowledged();
        await using var workers = new Workers([api], book);
        await workers.StartAsync(200, Lease, Pace);
        await ProcessFaults.RoundsAsync(book, 600);

        await _server!.CrashAsync();
        await ProcessFaults.UntilAsync(() => Task.FromResult(workers.SentAgain > 100), TimeSpan.FromMinutes(5));
        await ProcessFaults.Outage(Lease);
        await _server.StartAgainAsync();

        await ProcessFaults.RoundsAsync(book, 600 * (int)Math.Ceiling(2 * Lease / Pace));
        await workers.FinishAsync();
        Assert.Empty(workers.Surprises);
        Assert.Equal(200, await api.CountAsync("succeeded"));
        Assert.Empty(await book.DifferencesAsync(api));
    }

    [Fact]
    public async Task S44_a_network_that_is_cut_repeatedly_causes_retries_and_duplicates_nothing()
    {
        await using var network = new TcpProxy(new NpgsqlConnectionStringBuilder(_connection).Port);
        await using var silo = await SiloProcess.StartAsync(
            Settings with { Store = At(new NpgsqlConnectionStringBuilder(_connection) { Port = network.Port }.ConnectionString) });
        using var api = new TrackerApi(silo.Address);
        var book = new Acknowledged();
        await using var workers = new Workers([api], book);
        await workers.StartAsync(200, Lease, Pace);
        for (var cut = 0; cut < 10; cut++)
        {
            await ProcessFaults.RoundsAsync(book, 300);
            network.Cut();
            await ProcessFaults.Outage(TimeSpan.FromSeconds(0.5));
            network.Mend();
        }

        await ProcessFaults.RoundsAsync(book, 600);
        await workers.FinishAsync();
        Assert.True(workers.SentAgain > 0, "No commit was in flight when the network was cut.");
        Assert.Empty(workers.Surprises);
        Assert.Equal(200, await api.CountAsync("succeeded"));
        Assert.Empty(await book.DifferencesAsync(api));
    }

    [Fact]
    public async Task S03_S29_two_silos_behind_any_load_balancer_act_as_one_tracker_and_one_of_them_may_die()
    {
        await using var one = await SiloProcess.StartAsync(Settings);
        await using var other = await SiloProcess.StartAsync(Settings);
        using var apiOne = new TrackerApi(one.Address);
        using var apiOther = new TrackerApi(other.Address);
        var book = new Acknowledged();
        await using var workers = new Workers([apiOne, apiOther], book);
        await workers.StartAsync(200, Lease, Pace);
        await ProcessFaults.RoundsAsync(book, 1_200);
        Assert.Equal(0, workers.SentAgain);

        await other.KillAsync();
        await ProcessFaults.RoundsAsync(book, 600 * (int)Math.Ceiling(3 * Lease / Pace));
        Assert.Equal(0, await apiOne.CountAsync("lost"));
        await other.StartAgainAsync();

        await ProcessFaults.RoundsAsync(book, 600);
        await workers.FinishAsync();
        Assert.Empty(workers.Surprises);
        Assert.Equal(200, await apiOther.CountAsync("succeeded"));
        Assert.Empty(await book.DifferencesAsync(apiOne));
    }

    [Fact]
    public async Task S29_workers_of_a_frozen_silo_are_not_lost_by_the_other_silo_and_silent_ones_are()
    {
        await using var one = await SiloProcess.StartAsync(Settings);
        await using var other = await SiloProcess.StartAsync(Settings);
        using var apiOne = new TrackerApi(one.Address);
        using var apiOther = new TrackerApi(other.Address, TimeSpan.FromSeconds(2));
        var book = new Acknowledged();
        await using var alive = new Workers([apiOther], book, "alive");
        await using var silent = new Workers([apiOther], book, "silent");
        await alive.StartAsync(100, Lease, Pace);
        await silent.StartAsync(20, Lease, Pace);
        await ProcessFaults.RoundsAsync(book, 240);

        other.Freeze();
        await silent.FallSilentAsync();
        // A lease, half a lease, the grace, and a margin.
        await ProcessFaults.Outage(2.5 * Lease);
        other.Thaw();

        await ProcessFaults.UntilAsync(async () => await apiOne.CountAsync("lost") >= 20, TimeSpan.FromMinutes(1));
        await alive.FinishAsync();
        Assert.Empty(alive.Surprises);
        Assert.Equal(20, await apiOne.CountAsync("lost"));
        Assert.Equal(100, await apiOne.CountAsync("succeeded"));
        Assert.Empty(await book.DifferencesAsync(apiOne));
    }

    [Fact]
    public async Task A_worker_with_heartbeats_to_one_silo_gets_a_cancel_from_the_other()
    {
        await using var one = await SiloProcess.StartAsync(Settings);
        await using var other = await SiloProcess.StartAsync(Settings);
        using var apiOne = new TrackerApi(one.Address);
        using var apiOther = new TrackerApi(other.Address);
        await apiOne.TryPostAsync("/v1/executions", """{"executionId":"x","workflow":"load","start":{"workerId":"w"}}""");
        Assert.Equal(202, (await apiOther.TryPostAsync("/v1/executions/x/cancel", """{"reason":"enough"}"""))?.Status);

        // The silo may trust its memory for 2 s.
        await ProcessFaults.UntilAsync(
            async () => (await apiOne.TryPostAsync("/v1/executions/x/events", """{"events":[{"type":"heartbeat"}]}"""))?.Body
                .GetProperty("control").GetProperty("cancelRequested").GetBoolean() == true,
            TimeSpan.FromSeconds(10));
    }

    internal static Dictionary<string, string> At(string connection) => new()
    {
        ["ExecutionGrains__Store__Provider"] = "postgres",
        ["ExecutionGrains__Store__ConnectionString"] = new NpgsqlConnectionStringBuilder(connection) { Pooling = true }.ConnectionString,
    };
}
