using System.Net;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Silo.Configuration;
using Xunit;

namespace ExecutionGrains.Silo.Tests;

public sealed class StartWarningsTests
{
    private const string Secure = "Host=127.0.0.1;Username=executions";

    [Theory]
    [InlineData("Host=db", "db")]
    [InlineData("Host=10.0.0.1:6432;SSL Mode=Prefer", "10.0.0.1:6432")]
    [InlineData("Host=localhost,db2;SSL Mode=Allow", "db2")]
    [InlineData("Host=localhost.example.org;SSL Mode=Disable", "localhost.example.org")]
    public void D50_PostgreSQL_on_another_machine_without_TLS_is_one_warning(string connection, string host)
    {
        var warning = Assert.Single(Of(new() { StoreConnectionString = $"{connection};Username=executions;Password=secret", ClusterInsecure = true }));

        Assert.StartsWith($"The connection to PostgreSQL at {host} may be unencrypted: add «SSL Mode=VerifyFull;", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=db;SSL Mode=Require")]
    [InlineData("Host=db;SSL Mode=VerifyFull")]
    [InlineData("Host=localhost")]
    [InlineData("Host=localhost:6432,127.0.0.1:6433")]
    [InlineData("Host=::1")]
    [InlineData("Host=/var/run/postgresql")]
    [InlineData("Host=@postgres")]
    public void D50_PostgreSQL_with_TLS_or_on_this_machine_is_no_warning(string connection) =>
        Assert.Empty(Of(new() { StoreConnectionString = $"{connection};Username=executions", ClusterInsecure = true }));

    [Fact]
    public void D31_A_cluster_without_certificates_is_one_warning_unless_configured()
    {
        Assert.StartsWith("Every account of this machine has full access at the cluster's ports", Assert.Single(Of(new())), StringComparison.Ordinal);
        Assert.Empty(Of(new() { ClusterInsecure = true }));
        Assert.StartsWith(
            "Every machine that reaches the cluster's ports at 10.0.0.11 has full access",
            Assert.Single(Of(new() { ClusterInsecure = true, ClusterAddress = IPAddress.Parse("10.0.0.11") })),
            StringComparison.Ordinal);
        Assert.Empty(StartWarnings.Of(new(), DateTimeOffset.UnixEpoch));
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead, 0)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead, 0)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead, 1)]
    public void D31_A_key_that_every_account_can_read_is_one_warning(UnixFileMode mode, int expected)
    {
        var folder = Directory.CreateTempSubdirectory("eg-key-");
        var (key, link) = (Path.Combine(folder.FullName, "silo.key"), Path.Combine(folder.FullName, "link.key"));
        File.WriteAllText(key, string.Empty);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(key, mode);
        }

        File.CreateSymbolicLink(link, key);

        foreach (var path in new[] { key, link })
        {
            var warnings = Of(new() { ClusterCertificates = new("silo.pem", path, "ca.pem") });
            Assert.Equal(expected, warnings.Count(warning => warning.StartsWith("Every account", StringComparison.Ordinal)));
        }

        folder.Delete(recursive: true);
    }

    private static IEnumerable<string> Of(ProgramOptions options) =>
        StartWarnings.Of(
            options with { StoreProvider = "postgres", StoreConnectionString = options.StoreConnectionString ?? Secure }, DateTimeOffset.UnixEpoch);
}
