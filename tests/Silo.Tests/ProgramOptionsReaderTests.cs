using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Silo.Configuration;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace ExecutionGrains.Silo.Tests;

public sealed class ProgramOptionsReaderTests
{
    [Fact]
    public void Without_settings_the_defaults_apply() => Assert.Equal(new ProgramOptions { FirstKey = FirstKey.Create }, Read());

    [Fact]
    public void All_errors_are_reported_at_once_with_key_bound_and_value()
    {
        var failure = Assert.Throws<StartException>(() => Read(
            ("Janitor:Period", "00:00:00.5"), ("Store:Provider", "oracle"), ("Auth:BootstrapKey", "too-short"), ("Janitor:MassLossHold", "2")));

        Assert.Contains(
            "ExecutionGrains__Janitor__Period must be a time as hh:mm:ss, from 00:00:01 to 01:00:00, was 00:00:00.5",
            failure.Message,
            StringComparison.Ordinal);
        Assert.Contains("ExecutionGrains__Store__Provider must be one of sqlite, postgres, was oracle", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ExecutionGrains__Auth__BootstrapKey", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ExecutionGrains__Janitor__MassLossHold must be a share from 0 to 1, was 2", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("too-short", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_audit_is_kept_forever_or_for_at_least_a_day()
    {
        Assert.Equal(TimeSpan.Zero, Read(("Retention:Audit", "00:00:00")).RetentionAudit);
        Assert.Equal(TimeSpan.FromDays(1), Read(("Retention:Audit", "24:00:00")).RetentionAudit);
        var failure = Assert.Throws<StartException>(() => Read(("Retention:Audit", "23:59:59")));
        Assert.Equal("ExecutionGrains__Retention__Audit must be 0, or at least 24:00:00, was 23:59:59", failure.Message);
    }

    [Theory]
    [InlineData("24:00:00", 24)]
    [InlineData("48:30:00", 48.5)]
    [InlineData("1.00:00:00", 24)]
    [InlineData("8760:00:00", 8_760)]
    [InlineData("23:59:59.5", 86_399.5 / 3_600)]
    public void A_time_is_hours_minutes_and_seconds_with_any_number_of_hours(string text, double hours) =>
        Assert.Equal(TimeSpan.FromHours(hours), Read(("Auth:TokenLifetime", text)).TokenLifetime);

    [Theory]
    [InlineData("24")]
    [InlineData("24:00")]
    [InlineData("00:60:00")]
    [InlineData("-01:00:00")]
    [InlineData("8760:00:01")]
    [InlineData("99999999999:00:00")]
    [InlineData("tomorrow")]
    public void An_ambiguous_time_is_invalid(string text) =>
        Assert.Contains(
            $"ExecutionGrains__Auth__TokenLifetime must be a time as hh:mm:ss, from 00:00:01 to 8760:00:00, was {text}",
            Assert.Throws<StartException>(() => Read(("Auth:TokenLifetime", text))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void An_identity_provider_must_use_https_or_loopback_and_needs_an_audience()
    {
        var failure = Assert.Throws<StartException>(() => Read(
            ("Auth:Jwt:Authority", "http://issuer.example.org"), ("Auth:OpenIdConnect:Authority", "https://issuer.example.org")));

        Assert.All(
            [
                "ExecutionGrains__Auth__Jwt__Authority must be an https:// address, or http:// on loopback, was http://issuer.example.org",
                "ExecutionGrains__Auth__Jwt__Audience must be given with ExecutionGrains__Auth__Jwt__Authority, was empty",
                "ExecutionGrains__Auth__OpenIdConnect__ClientId must be given with ExecutionGrains__Auth__OpenIdConnect__Authority",
            ],
            error => Assert.Contains(error, failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Claims_give_roles_by_name_or_by_configured_values()
    {
        var jwt = Read(
            ("Auth:Jwt:Authority", "https://i"), ("Auth:Jwt:Audience", "a"), ("Auth:Jwt:Roles:Admin", "eg-admins, root"),
            ("Auth:Jwt:RoleClaim", "groups")).Jwt!;

        Assert.Equal(("groups", "namespaces"), (jwt.Claims.RoleClaim, jwt.Claims.NamespacesClaim));
        Assert.Equal<IEnumerable<string>>(["eg-admins", "root"], jwt.Claims.Values[Role.Admin]);
        Assert.Equal<IEnumerable<string>>(["viewer"], jwt.Claims.Values[Role.Viewer]);
    }

    [Fact]
    public void Proxies_are_addresses_or_networks()
    {
        Assert.Equal(["10.0.0.0/8", "192.0.2.1/32", "::1/128"], Read(("Proxies", "10.0.0.0/8, 192.0.2.1;::1")).Proxies.Select(p => p.ToString()));
        var failure = Assert.Throws<StartException>(() => Read(("Proxies", "proxy.example.org")));
        Assert.Contains("ExecutionGrains__Proxies must be IP addresses or networks", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(" ; ")]
    [InlineData("localhost:5080")]
    [InlineData("ftp://localhost")]
    public void An_address_must_be_complete(string urls)
    {
        var failure = Assert.Throws<StartException>(() => Read(("Urls", urls)));

        Assert.Equal($"ExecutionGrains__Urls must be http:// or https:// addresses, separated by semicolons, was {urls}", failure.Message);
    }

    [Theory]
    [InlineData("http://localhost:5080", true)]
    [InlineData("http://127.0.0.1:0;http://[::1]:0", true)]
    [InlineData("http://0.0.0.0:5080", false)]
    [InlineData("http://localhost:1;http://*:2", false)]
    [InlineData("http://example.org:80", false)]
    [InlineData("http://localhost.example.org:80", false)]
    [InlineData("http://127.0.0.1.example.org:80", false)]
    [InlineData("http://unix:/tmp/silo.sock", false)]
    public void Loopback_is_reachable_only_from_this_machine(string urls, bool expected) => Assert.Equal(expected, ListenAddresses.IsLoopback(urls));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.8.8")]
    [InlineData("::1")]
    public void D31_A_cluster_on_loopback_needs_no_certificates(string address) =>
        Assert.Null(Read([.. Postgres, ("Cluster:Address", address)]).ClusterCertificates);

    [Theory]
    [InlineData("10.0.0.11")]
    [InlineData("fe80::1")]
    public void D31_Beyond_loopback_a_cluster_needs_certificates_or_the_insecure_setting(string address)
    {
        (string, string)[] beyond = [.. Postgres, ("Cluster:Address", address)];

        var failure = Assert.Throws<StartException>(() => Read(beyond));

        Assert.StartsWith(
            "ExecutionGrains__Cluster__Address is where other machines reach the silo, so it needs Cluster__CertificateFile, ", failure.Message,
            StringComparison.Ordinal);
        Assert.EndsWith($", was {address}", failure.Message, StringComparison.Ordinal);
        Assert.True(Read([.. beyond, ("Cluster:Insecure", "true")]).ClusterInsecure);
        Assert.Equal(new CertificateFiles("a", "b", "c"), Read([.. beyond, .. Certificates]).ClusterCertificates);
    }

    [Fact]
    public void D31_Certificates_are_three_files_or_none()
    {
        var failure = Assert.Throws<StartException>(() => Read([.. Postgres, ("Cluster:Address", "10.0.0.11"), Certificates[0]]));

        Assert.Equal(
            "ExecutionGrains__Cluster__KeyFile must be given with the other two of Cluster__CertificateFile, Cluster__KeyFile and Cluster__CaFile, was empty; "
            + "ExecutionGrains__Cluster__CaFile must be given with the other two of Cluster__CertificateFile, Cluster__KeyFile and Cluster__CaFile, was empty",
            failure.Message);
    }

    [Fact]
    public void D31_A_cluster_cannot_have_certificates_and_be_insecure() =>
        Assert.Equal(
            "ExecutionGrains__Cluster__Insecure cannot be combined with Cluster__CertificateFile, was true",
            Assert.Throws<StartException>(() => Read([.. Postgres, .. Certificates, ("Cluster:Insecure", "true")])).Message);

    [Theory]
    [InlineData("Cluster:Id", "mine")]
    [InlineData("Cluster:Address", "10.0.0.11")]
    [InlineData("Cluster:SiloPort", "11111")]
    [InlineData("Cluster:GatewayPort", "30000")]
    [InlineData("Cluster:Insecure", "true")]
    [InlineData("Cluster:CertificateFile", "a")]
    [InlineData("Cluster:KeyFile", "b")]
    [InlineData("Cluster:CaFile", "c")]
    public void D31_Cluster_settings_are_refused_for_a_single_silo(string key, string value)
    {
        var failure = Assert.Throws<StartException>(() => Read((key, value)));

        Assert.Contains(
            $"ExecutionGrains__{key.Replace(":", "__", StringComparison.Ordinal)} needs Store__Provider postgres, "
            + $"since a single silo on SQLite opens no port but HTTP, was {value}",
            failure.Message,
            StringComparison.Ordinal);
    }

    private static (string Key, string Value)[] Postgres =>
        [("Store:Provider", "postgres"), ("Store:ConnectionString", "Host=db;Username=executions"), ("Auth:MasterKeyFile", "master.key")];

    private static (string Key, string Value)[] Certificates => [("Cluster:CertificateFile", "a"), ("Cluster:KeyFile", "b"), ("Cluster:CaFile", "c")];

    private static ProgramOptions Read(params (string Key, string Value)[] said) => ProgramOptionsReader.Read(
        new ConfigurationBuilder().AddInMemoryCollection(said.Select(s => KeyValuePair.Create("ExecutionGrains:" + s.Key, (string?)s.Value))).Build());
}
