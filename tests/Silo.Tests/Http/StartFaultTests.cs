using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ExecutionGrains.Testing;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>A silo that does not get into its cluster says why, in one line.</summary>
public sealed class StartFaultTests : IDisposable
{
    private readonly TcpListener taken = new(IPAddress.Loopback, 0);

    public StartFaultTests() => taken.Start();

    private string Port => $"{((IPEndPoint)taken.LocalEndpoint).Port}";

    [Theory]
    [InlineData("SiloPort")]
    [InlineData("GatewayPort")]
    public async Task A_port_of_the_cluster_that_is_taken_is_one_line_and_no_trace(string setting)
    {
        using var silo = await ClusteredAsync(($"ExecutionGrains__Cluster__{setting}", Port));

        var (code, error) = await silo.EndAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, code);
        Assert.Matches($@"^ExecutionGrains cannot start: the port for silos or the one for clients is taken: [^\n]*{setting} {Port}[^\n]*\n\z", error);
        Assert.DoesNotMatch("(?m)^ +at |^fail: |^crit: |^warn: ", silo.Output);
    }

    [Fact]
    public async Task An_address_of_the_cluster_that_is_another_machine_s_is_one_line_and_no_trace()
    {
        var keys = Directory.CreateTempSubdirectory("eg-keys-");
        using var silo = await ClusteredAsync(
            ("ExecutionGrains__Cluster__Address", "192.0.2.1"), ("ExecutionGrains__Auth__MasterKeyFile", Path.Combine(keys.FullName, "master.key")));

        var (code, error) = await silo.EndAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, code);
        Assert.Matches(@"^ExecutionGrains cannot start: the ports for silos and clients cannot be opened: ExecutionGrains__Cluster__Address is 192.0.2.1, [^\n]*\n\z", error);
    }

    [Fact]
    public async Task Whoever_asks_for_the_traces_of_a_failed_start_gets_them()
    {
        using var silo = await ClusteredAsync(("ExecutionGrains__Cluster__SiloPort", Port), ("Logging__LogLevel__Orleans.Runtime.Silo", "Error"));

        await silo.EndAsync(TestContext.Current.CancellationToken);

        Assert.Matches(new Regex("^fail: Orleans.Runtime.Silo.*^ +at ", RegexOptions.Multiline | RegexOptions.Singleline), silo.Output);
    }

    [Fact]
    public async Task A_quick_janitor_is_no_warning()
    {
        using var silo = new SiloProcess(("ExecutionGrains__Urls", "http://127.0.0.1:0"), ("ExecutionGrains__Janitor__Period", "00:00:05"));

        var lines = new List<string>();
        do
        {
            lines.Add(await silo.LineAsync(string.Empty, TestContext.Current.CancellationToken));
        }
        while (!lines[^1].StartsWith("Dashboard: ", StringComparison.Ordinal));

        Assert.DoesNotContain(lines, line => line.StartsWith("warn: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("SiloPort")]
    [InlineData("GatewayPort")]
    public async Task A_cluster_port_of_a_single_silo_is_refused(string setting)
    {
        using var silo = new SiloProcess(("ExecutionGrains__Urls", "http://127.0.0.1:0"), ($"ExecutionGrains__Cluster__{setting}", "11111"));

        var (code, error) = await silo.EndAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, code);
        Assert.Equal($"ExecutionGrains cannot start: ExecutionGrains__Cluster__{setting} needs Store__Provider postgres, since a single silo on SQLite opens no port but HTTP, was 11111\n", error);
    }

    [Fact]
    public async Task D31_A_single_silo_listens_for_HTTP_alone()
    {
        using var silo = new SiloProcess(("ExecutionGrains__Urls", "http://127.0.0.1:0"));
        var port = new Uri((await silo.LineAsync("Dashboard: ", TestContext.Current.CancellationToken))["Dashboard: ".Length..]).Port;

        Assert.Equal([port], silo.ListeningPorts());
    }

    public void Dispose() => taken.Dispose();

    /// <summary>A silo on PostgreSQL: one on SQLite has no cluster and no ports for it.</summary>
    private static async Task<SiloProcess> ClusteredAsync(params (string Name, string Value)[] settings) => new(
    [
        ("ExecutionGrains__Urls", "http://127.0.0.1:0"),
        ("ExecutionGrains__Store__Provider", "postgres"),
        ("ExecutionGrains__Store__ConnectionString", await (await PostgresServer.SharedAsync()).DatabaseAsync()),
        .. settings,
    ]);
}
