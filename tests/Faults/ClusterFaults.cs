using System.Diagnostics;
using System.Text.Json;
using ExecutionGrains.Silo.Commands;
using ExecutionGrains.Testing;
using Xunit;

namespace ExecutionGrains.Faults;

/// <summary>Three silo processes that form one cluster.</summary>
public sealed class ClusterFaults : IAsyncLifetime
{
    private const int Executions = 300;
    private const int Short = 100;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("eg-faults-");
    private PostgresServer? _server;
    private string _connection = string.Empty;

    private SiloSettings Settings => new(_data.FullName)
    {
        Store = new Dictionary<string, string>
        {
            ["ExecutionGrains__Store__Provider"] = "postgres",
            ["ExecutionGrains__Store__ConnectionString"] = _connection,
        },
        Others = Certificates("cluster"),
    };

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartAsync(durable: true);
        _connection = await _server.DatabaseAsync();
        MakeCertificates("cluster");
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _data.Delete(recursive: true);
    }

    /// <summary>
    /// A frozen silo keeps its connections, so the others do not vote against it until it was not heard of for three times the probe time (four probes).
    /// </summary>
    [Theory]
    [InlineData(false, 15)]
    [InlineData(true, 40)]
    public async Task S30_executions_of_a_killed_or_frozen_silo_are_served_by_others_in_time_and_only_silent_ones_are_lost(bool freezes, int secondsMax)
    {
        await using var one = await SiloProcess.StartAsync(Settings);
        await using var two = await SiloProcess.StartAsync(Settings);
        await using var three = await SiloProcess.StartAsync(Settings);
        // Longer than a silo needs to detect that another is dead.
        using var survivor = new TrackerApi(one.Address, TimeSpan.FromSeconds(30));
        using var victim = new TrackerApi(three.Address);
        foreach (var i in Enumerable.Range(0, Executions))
        {
            // Two thirds are created through the victim, so their grains are placed there.
            await PostAsync(
                i % 3 == 0 ? survivor : victim,
                "/v1/executions",
                $$$"""{"executionId":"x{{{i}}}","workflow":"w","heartbeatTimeoutSeconds":60,"start":{"workerId":"w1","incarnation":"i1"}}""");
        }

        var cluster = await survivor.GetAsync("/v1/cluster");
        Assert.Equal(3, cluster.GetProperty("silos").GetArrayLength());
        Assert.All(cluster.GetProperty("silos").EnumerateArray(), silo =>
        {
            Assert.Equal("active", silo.GetProperty("status").GetString());
            Assert.NotNull(silo.GetProperty("version").GetString());
            Assert.Equal(0, silo.GetProperty("commitQueue").GetProperty("depth").GetInt64());
        });
        Assert.Equal(Executions, cluster.GetProperty("activationsByType").GetProperty("ExecutionGrain").GetInt64());
        await ProcessFaults.UntilAsync(async () => await LastSweepAsync(survivor) != JsonValueKind.Null, TimeSpan.FromMinutes(1));

        // Every silo reports the last sweep, whichever silo swept.
        Assert.NotEqual(JsonValueKind.Null, await LastSweepAsync(victim));
        var book = new Acknowledged();
        // Many executions are on the victim, and all report through another silo: their short leases expire before they can be heard.
        await using var alive = new Workers([survivor], book, "alive");
        await using var silent = new Workers([survivor], book, "silent");
        await Task.WhenAll(alive.StartAsync(Short, ProcessFaults.Lease, ProcessFaults.Pace), silent.StartAsync(Short, ProcessFaults.Lease, ProcessFaults.Pace));
        await ProcessFaults.RoundsAsync(book, 6 * Short);
        var since = Stopwatch.StartNew();
        if (freezes)
        {
            three.Freeze();
        }
        else
        {
            await three.KillAsync();
        }

        await silent.FallSilentAsync();
        await Task.WhenAll(Enumerable.Range(0, Executions).Select(i => PostAsync(
            survivor, $"/v1/executions/x{i}/events", """{"events":[{"type":"step.started","eventId":"e1","stepId":"s1","block":"b"}]}""")));
        var servedAgain = since.Elapsed;

        TestContext.Current.TestOutputHelper?.WriteLine($"Served again after {servedAgain.TotalSeconds:F1} s");
        Assert.InRange(servedAgain, TimeSpan.Zero, TimeSpan.FromSeconds(secondsMax));
        await ProcessFaults.UntilAsync(async () => await survivor.CountAsync("lost") >= Short, TimeSpan.FromMinutes(1));
        TestContext.Current.TestOutputHelper?.WriteLine($"The silent are lost after {since.Elapsed.TotalSeconds:F1} s");
        await alive.FinishAsync();
        Assert.Empty(alive.Surprises);
        Assert.Equal(
            (Short, Short, Executions), (await survivor.CountAsync("lost"), await survivor.CountAsync("succeeded"), await survivor.CountAsync("running")));
        if (freezes)
        {
            three.Thaw();
        }
    }

    /// <summary>No silo is left to declare them dead, and their heartbeats are recent.</summary>
    [Fact]
    public async Task A_cluster_that_was_killed_as_a_whole_restarts_at_once()
    {
        await using (var one = await SiloProcess.StartAsync(Settings))
        await using (var two = await SiloProcess.StartAsync(Settings))
        {
            await Task.WhenAll(one.KillAsync(), two.KillAsync());
        }

        var since = Stopwatch.StartNew();
        await using var three = await SiloProcess.StartAsync(Settings);

        TestContext.Current.TestOutputHelper?.WriteLine($"It serves after {since.Elapsed.TotalSeconds:F1} s");
        Assert.InRange(since.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(50));
    }

    /// <summary>It has access to the database, but the others declare it dead, which ends it. Before, it logs why they cannot connect.</summary>
    [Fact]
    public async Task D31_A_silo_with_certificates_of_another_authority_cannot_join()
    {
        MakeCertificates("stranger");
        await using var silo = await SiloProcess.StartAsync(Settings);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => SiloProcess.StartAsync(Settings with { Others = Certificates("stranger") }));

        var authority = Path.Combine(_data.FullName, "stranger", "ca.pem");
        Assert.Contains($"is refused: the authority in {authority} did not sign it", failure.Message, StringComparison.Ordinal);
        using var api = new TrackerApi(silo.Address);
        var members = (await api.GetAsync("/v1/cluster")).GetProperty("silos").EnumerateArray();
        Assert.Single(members, member => member.GetProperty("status").GetString() == "active");
    }

    private static async Task<JsonValueKind> LastSweepAsync(TrackerApi silo) =>
        (await silo.GetAsync("/v1/cluster")).GetProperty("janitor").GetProperty("lastSweep").ValueKind;

    private void MakeCertificates(string authority) =>
        CertificatesCommand.Find(["cluster", "certificates", "--out", Path.Combine(_data.FullName, authority)])!.Run(TimeProvider.System, TextWriter.Null);

    private Dictionary<string, string> Certificates(string authority) => new()
    {
        ["ExecutionGrains__Cluster__CertificateFile"] = Path.Combine(_data.FullName, authority, "silo.pem"),
        ["ExecutionGrains__Cluster__KeyFile"] = Path.Combine(_data.FullName, authority, "silo.key"),
        ["ExecutionGrains__Cluster__CaFile"] = Path.Combine(_data.FullName, authority, "ca.pem"),
    };

    /// <summary>Sends until accepted, because the contract asks callers to retry.</summary>
    private static async Task PostAsync(TrackerApi api, string path, string json)
    {
        while (await api.TryPostAsync(path, json) is not { Status: 200 or 201 })
        {
            await Task.Delay(RetryDelay, TestContext.Current.CancellationToken); // allowed: a caller spaces its retries; 200 busy callers leave no CPU.
        }
    }
}
