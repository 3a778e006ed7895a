using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ExecutionGrains.Testing;
using Npgsql;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>A silo that cannot join its cluster gives the reason in one line.</summary>
public sealed class StartFaultTests : IDisposable
{
    private readonly TcpListener _taken = new(IPAddress.Loopback, 0);

    public StartFaultTests() => _taken.Start();

    private string Port => $"{((IPEndPoint)_taken.LocalEndpoint).Port}";

    [Theory]
    [InlineData("SiloPort")]
    [InlineData("GatewayPort")]
    public async Task An_occupied_cluster_port_is_one_line_and_no_stack_trace(string setting)
    {
        using var silo = await ClusteredAsync(($"ExecutionGrains__Cluster__{setting}", Port), ("ExecutionGrains__Cluster__Insecure", "true"));

        var (code, error) = await silo.EndAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, code);
        Assert.Matches($@"^ExecutionGrains cannot start: the port for silos or the one for clients is taken: [^\n]*{setting} {Port}[^\n]*\n\z", error);
        Assert.DoesNotMatch("(?m)^ +at |^fail: |^crit: |^warn: ", silo.Output);
    }

    [Fact]
    public async Task A_cluster_address_of_another_machine_is_one_line_and_no_stack_trace()
    {
        var keys = Directory.CreateTempSubdirectory("eg-keys-");
        using var silo = await ClusteredAsync(
            ("ExecutionGrains__Cluster__Address", "192.0.2.1"),
            ("ExecutionGrains__Cluster__Insecure", "true"),
            ("ExecutionGrains__Auth__MasterKeyFile", Path.Combine(keys.FullName, "master.key")));

        var (code, error) = await silo.EndAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, code);
        Assert.Matches(
            @"^ExecutionGrains cannot start: the ports for silos and clients cannot be opened: ExecutionGrains__Cluster__Address is 192.0.2.1, [^\n]*\n\z",
            error);
    }

    [Fact]
    public async Task The_stack_traces_of_a_failed_start_can_be_enabled()
    {
        using var silo = await ClusteredAsync(("ExecutionGrains__Cluster__SiloPort", Port), ("Logging__LogLevel__Orleans.Runtime.Silo", "Error"));

        await silo.EndAsync(TestContext.Current.CancellationToken);

        Assert.Matches(new Regex("^fail: Orleans.Runtime.Silo.*^ +at ", RegexOptions.Multiline | RegexOptions.Singleline), silo.Output);
    }

    [Fact]
    public async Task A_short_janitor_period_causes_no_warning()
    {
        using var silo = new SiloProcess(("ExecutionGrains__Urls", "http://127.0.0.1:0"), ("ExecutionGrains__Janitor__Period", "00:00:05"));

        var lines = await silo.LinesUntilAsync("Dashboard: ", TestContext.Current.CancellationToken);

        Assert.DoesNotContain(lines, line => line.StartsWith("warn: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Logging__LogLevel__Default", "Nonsense", "Nonsense")]
    [InlineData("Kestrel__Certificates__Default__Path", "README.md", "Exception: ")]
    public async Task A_start_that_fails_for_a_reason_that_nobody_foresaw_is_one_line_and_no_signal(string setting, string value, string reason)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("eg-start-").FullName, "README.md");
        await File.WriteAllTextAsync(path, "no certificate", TestContext.Current.CancellationToken);
        using var silo = new SiloProcess(("ExecutionGrains__Urls", "https://127.0.0.1:0"), (setting, value == "README.md" ? path : value));

        var (code, error) = await silo.EndAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, code);
        Assert.Matches($@"^ExecutionGrains cannot start: [^\n]*{reason}[^\n]*\n\z", error);
    }

    [Fact]
    public async Task A_silo_that_its_cluster_has_declared_dead_ends_with_one_line_and_exit_code_1()
    {
        var cancel = TestContext.Current.CancellationToken;
        var database = await (await PostgresServer.SharedAsync()).DatabaseAsync();
        using var silo = new SiloProcess(
            ("ExecutionGrains__Urls", "http://127.0.0.1:0"),
            ("ExecutionGrains__Store__Provider", "postgres"),
            ("ExecutionGrains__Store__ConnectionString", database),
            ("ExecutionGrains__Cluster__Insecure", "true"));
        await silo.LineAsync("Dashboard: ", cancel);

        await using (var connection = new NpgsqlConnection(database))
        {
            await connection.OpenAsync(cancel);
            const string dead = "update orleans_members set status = 6; update orleans_clusters set version = version + 1";
            await using var command = new NpgsqlCommand(dead, connection);
            await command.ExecuteNonQueryAsync(cancel);
        }

        var (code, error) = await silo.EndAsync(cancel);
        Assert.Equal(1, code);
        Assert.Matches(@"^ExecutionGrains ends, because Orleans cannot go on with this silo: [^\n]*dead[^\n]*\n\z", error);
    }

    [Theory]
    [InlineData("SiloPort", "11111")]
    [InlineData("GatewayPort", "11111")]
    [InlineData("Address", "127.0.0.1")]
    [InlineData("CertificateFile", "silo.pem")]
    public async Task D31_A_setting_of_the_cluster_is_refused_for_a_single_silo(string setting, string value)
    {
        using var silo = new SiloProcess(("ExecutionGrains__Urls", "http://127.0.0.1:0"), ($"ExecutionGrains__Cluster__{setting}", value));

        var (code, error) = await silo.EndAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, code);
        Assert.Matches(
            $@"^ExecutionGrains cannot start: [^\n]*ExecutionGrains__Cluster__{setting} needs Store__Provider postgres, [^\n]*, was {value}\n\z", error);
    }

    [Fact]
    public async Task D31_A_silo_beyond_loopback_without_certificates_does_not_start()
    {
        using var silo = await ClusteredAsync(
            ("ExecutionGrains__Cluster__Address", "192.0.2.1"), ("ExecutionGrains__Auth__MasterKeyFile", "master.key"));

        var (code, error) = await silo.EndAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, code);
        Assert.Matches(
            @"^ExecutionGrains cannot start: ExecutionGrains__Cluster__Address is where other machines reach the silo, so it needs [^\n]*, was 192.0.2.1\n\z",
            error);
    }

    [Fact]
    public async Task D31_A_missing_certificate_file_is_one_line()
    {
        string[] keys = ["CertificateFile", "KeyFile", "CaFile"];
        using var silo = await ClusteredAsync([.. keys.Select(key => ($"ExecutionGrains__Cluster__{key}", "/nowhere/silo.pem"))]);

        var (code, error) = await silo.EndAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, code);
        Assert.Matches(@"^ExecutionGrains cannot start: a certificate file cannot be read: [^\n]*/nowhere/[^\n]*\n\z", error);
    }

    [Fact]
    public async Task D31_The_program_creates_certificates_with_which_a_silo_starts_without_a_warning()
    {
        var cancel = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("eg-certificates-");
        using (var command = new SiloProcess(["cluster", "certificates", "--out", folder.FullName]))
        {
            Assert.Equal((0, string.Empty), await command.EndAsync(cancel));
            Assert.Matches(@"^Authority: [^\n]*\nSilo silo: [^\n]*\nClient client: [^\n]*\n\z", command.Output);
        }

        using (var silo = await ClusteredAsync(
            ("ExecutionGrains__Cluster__CertificateFile", Path.Combine(folder.FullName, "silo.pem")),
            ("ExecutionGrains__Cluster__KeyFile", Path.Combine(folder.FullName, "silo.key")),
            ("ExecutionGrains__Cluster__CaFile", Path.Combine(folder.FullName, "ca.pem"))))
        {
            Assert.DoesNotContain(await silo.LinesUntilAsync("Dashboard: ", cancel), line => line.StartsWith("warn: ", StringComparison.Ordinal));
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task D31_A_cluster_on_loopback_without_certificates_starts_with_one_warning()
    {
        using var silo = await ClusteredAsync();

        var lines = await silo.LinesUntilAsync("Dashboard: ", TestContext.Current.CancellationToken);

        Assert.Single(lines, line => line.StartsWith("warn: ", StringComparison.Ordinal));
        Assert.Single(lines, line => line.Contains("Every account of this machine has full access at the cluster's ports", StringComparison.Ordinal));
    }

    [Fact]
    public async Task D31_A_single_silo_listens_only_for_HTTP()
    {
        using var silo = new SiloProcess(("ExecutionGrains__Urls", "http://127.0.0.1:0"));
        var port = new Uri((await silo.LineAsync("Dashboard: ", TestContext.Current.CancellationToken))["Dashboard: ".Length..]).Port;

        Assert.Equal([port], silo.ListeningPorts());
    }

    public void Dispose() => _taken.Dispose();

    /// <summary>A silo on PostgreSQL, because one on SQLite has no cluster and no ports for it.</summary>
    private static async Task<SiloProcess> ClusteredAsync(params (string Name, string Value)[] settings) => new(
    [
        ("ExecutionGrains__Urls", "http://127.0.0.1:0"),
        ("ExecutionGrains__Store__Provider", "postgres"),
        ("ExecutionGrains__Store__ConnectionString", await (await PostgresServer.SharedAsync()).DatabaseAsync()),
        .. settings,
    ]);
}
