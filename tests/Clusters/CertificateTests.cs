using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ExecutionGrains.Client;
using ExecutionGrains.GrainInterfaces;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace ExecutionGrains.Clusters;

/// <summary>Access to a cluster over real sockets: only with a certificate of its authority, and only for the certificate's purpose.</summary>
public sealed class CertificateTests
{
    private static readonly TimeSpan JoinMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ServedMax = TimeSpan.FromSeconds(8);
    private readonly CancellationToken _cancel = TestContext.Current.CancellationToken;

    public enum Shown
    {
        Nothing,
        OfAnotherAuthority,
        Expired,
        OfClient,
        OfSilo,
    }

    [Theory]
    [InlineData(Shown.Nothing, false)]
    [InlineData(Shown.OfAnotherAuthority, false)]
    [InlineData(Shown.Expired, false)]
    [InlineData(Shown.OfClient, true)]
    [InlineData(Shown.OfSilo, true)]
    public async Task D31_A_gateway_accepts_only_certificates_of_its_authority(Shown shown, bool isLetIn)
    {
        using var strangers = new TestCertificates();
        await using var cluster = await TrackerCluster.OpenAsync(1);
        await cluster.CreateAsync("x");

        Assert.Equal(isLetIn, await IsServedAsync(cluster, Certificate(shown, cluster.Certificates, strangers)));
    }

    [Theory]
    [InlineData(Shown.Nothing, false)]
    [InlineData(Shown.OfAnotherAuthority, false)]
    [InlineData(Shown.Expired, false)]
    [InlineData(Shown.OfClient, false)]
    [InlineData(Shown.OfSilo, true)]
    public async Task D31_The_silo_port_accepts_only_silo_certificates(Shown shown, bool isLetIn)
    {
        using var strangers = new TestCertificates();
        await using var cluster = await TrackerCluster.OpenAsync(1);

        Assert.Equal(isLetIn, await IsLetInAsync(cluster.Silos[0].SiloAddress.Endpoint, Certificate(shown, cluster.Certificates, strangers)));
    }

    [Fact]
    public async Task D31_A_caller_without_TLS_gets_no_information()
    {
        await using var cluster = await TrackerCluster.OpenAsync(1);
        foreach (var port in new[] { cluster.Silos[0].GatewayAddress.Endpoint, cluster.Silos[0].SiloAddress.Endpoint })
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(port, _cancel);
            // Orleans's preamble begins with its length.
            await socket.GetStream().WriteAsync(new byte[64], _cancel);

            using var answer = new MemoryStream();
            await DrainAsync(socket.GetStream(), answer);

            // At most a TLS alert: content type 21.
            Assert.True(answer.Length == 0 || (answer.Length <= 7 && answer.GetBuffer()[0] == 21), Convert.ToHexString(answer.ToArray()));
        }
    }

    [Fact]
    public async Task D31_A_client_without_a_certificate_of_the_cluster_cannot_connect()
    {
        using var strangers = new TestCertificates();
        await using var cluster = await TrackerCluster.OpenAsync(1);

        var plain = await FailureAsync(cluster, null);
        var foreign = await FailureAsync(cluster, strangers.Client);

        Assert.Equal(("No silo of the cluster " + cluster.Id + " that the database lists answered within 3 s.", true), (plain.Message, plain.Transient));
        Assert.Equal(
            ($"No silo of the cluster {cluster.Id} that the database lists answered within 3 s. A silo's certificate is not trusted: "
                + $"the authority in {strangers.Client.Authority} did not sign it for a silo, or it has expired.", false),
            (foreign.Message, foreign.Transient));
    }

    [Fact]
    public async Task D31_A_client_refuses_a_gateway_with_a_client_certificate()
    {
        using var certificates = new TestCertificates();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var posing = PoseAsync(listener, X509Certificate2.CreateFromPemFile(certificates.Client.Certificate, certificates.Client.Key));

        var failure = await Assert.ThrowsAsync<TrackerException>(() => GrainConnection.OpenAsync(
            new() { Gateways = [(IPEndPoint)listener.LocalEndpoint], Certificates = certificates.Client, ConnectTimeout = TimeSpan.FromSeconds(3) }, _cancel));

        Assert.Contains("A silo's certificate is not trusted", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, await posing);
    }

    [Fact]
    public async Task D31_A_client_without_certificates_connects_only_within_its_machine()
    {
        var mistake = await Assert.ThrowsAsync<ArgumentException>(
            () => GrainConnection.OpenAsync(new() { Gateways = [IPEndPoint.Parse("192.0.2.1:30000")] }, _cancel));

        Assert.StartsWith(
            "The silo at 192.0.2.1:30000 is on another machine: set Certificates or AllowInsecure.", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task D31_A_client_whose_files_are_missing_fails_at_once()
    {
        var failure = await Assert.ThrowsAsync<TrackerException>(() => GrainConnection.OpenAsync(
            new() { Gateways = [new(IPAddress.Loopback, 1)], Certificates = new("/nowhere/client.pem", "/nowhere/client.key", "/nowhere/ca.pem") }, _cancel));

        Assert.False(failure.Transient);
        Assert.StartsWith(
            "The certificates for the cluster executiongrains cannot be used: a certificate file cannot be read: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/client.pem", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Shown.Nothing)]
    [InlineData(Shown.OfAnotherAuthority)]
    public async Task D31_A_silo_with_database_access_but_without_a_certificate_of_the_cluster_cannot_join(Shown shown)
    {
        using var strangers = new TestCertificates();
        await using var cluster = await TrackerCluster.OpenAsync(2);
        await cluster.CreateAsync("x");
        using var rogue = Rogue(cluster, shown == Shown.Nothing ? null : strangers.Silo);

        var failure = await Record.ExceptionAsync(() => rogue.StartAsync(_cancel));

        TestContext.Current.TestOutputHelper?.WriteLine($"{failure}");
        Assert.NotNull(failure);
        Assert.Equal(2, (await TrackerCluster.ReadAsync(cluster.Silos[0])).Silos.Count(silo => silo.Status == "active"));
        Assert.Equal(ExecutionStatus.Running, (await cluster.StateAsync("x")).Status);
    }

    [Fact]
    public async Task D31_Renewed_certificates_are_used_without_a_restart_and_unusable_files_are_ignored()
    {
        using var certificates = new TestCertificates();
        await using var cluster = await TrackerCluster.OpenAsync(2, certificates: certificates);
        var gateway = cluster.Silos[0].GatewayAddress.Endpoint;
        var client = X509Certificate2.CreateFromPemFile(certificates.Client.Certificate, certificates.Client.Key);
        var first = await ShownByAsync(gateway, client);

        certificates.Issue();
        var second = await ShownByAsync(gateway, client);
        await File.WriteAllTextAsync(certificates.Silo.Certificate, "half of a certificate", _cancel);
        var third = await ShownByAsync(gateway, client);
        certificates.Issue();
        var fourth = await ShownByAsync(gateway, client);
        // The other silos connect to this one with their certificates, and it connects to them.
        await cluster.StartAnotherAsync();
        await cluster.CreateAsync("x");

        Assert.Equal(3, new HashSet<string>([first, second, fourth]).Count);
        Assert.Equal(second, third);
        Assert.Equal(X509Certificate2.CreateFromPemFile(certificates.Silo.Certificate, certificates.Silo.Key).Thumbprint, fourth);
        Assert.Equal(3, (await TrackerCluster.ReadAsync(cluster.Silos[0])).Silos.Count(silo => silo is { Status: "active", Version: not null }));
    }

    [Fact]
    public async Task D31_An_authority_can_replace_another_while_both_are_trusted()
    {
        using var certificates = new TestCertificates();
        using var successor = new TestCertificates();
        await using var cluster = await TrackerCluster.OpenAsync(1, certificates: certificates);
        var port = cluster.Silos[0].SiloAddress.Endpoint;
        Assert.False(await IsLetInAsync(port, Load(successor.Silo)));

        await File.AppendAllTextAsync(certificates.Silo.Authority, await File.ReadAllTextAsync(successor.Silo.Authority, _cancel), _cancel);

        Assert.True(await IsLetInAsync(port, Load(successor.Silo)));
        Assert.True(await IsLetInAsync(port, Load(certificates.Silo)));
    }

    private static X509Certificate2? Certificate(Shown shown, TestCertificates own, TestCertificates strangers) => shown switch
    {
        Shown.Nothing => null,
        Shown.OfAnotherAuthority => Load(strangers.Silo),
        Shown.Expired => TestCertificates.Expired(own.Authority()),
        Shown.OfClient => Load(own.Client),
        _ => Load(own.Silo),
    };

    private static X509Certificate2 Load(CertificateFiles files) => X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);

    /// <summary>Whether an Orleans client that trusts every gateway gets an answer from a grain.</summary>
    private async Task<bool> IsServedAsync(TrackerCluster cluster, X509Certificate2? certificate)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering(cluster.Silos[0].GatewayAddress.Endpoint)
                .Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (cluster.Id, "executiongrains"));
            client.UseTls(tls =>
            {
                tls.LocalCertificate = certificate;
                tls.AllowAnyRemoteCertificate();
            });
        });
        using var host = builder.Build();
        using var max = CancellationTokenSource.CreateLinkedTokenSource(_cancel);
        max.CancelAfter(ServedMax);
        try
        {
            await host.StartAsync(max.Token);
            var answer = await host.Services.GetRequiredService<IClusterClient>().GetGrain<IExecutionGrain>("x").Liveness().WaitAsync(max.Token);
            return answer is not null;
        }
        catch (Exception refusal) when (refusal is not Xunit.Sdk.XunitException)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(refusal.Message);
            return false;
        }
    }

    /// <summary>Whether a silo port sends its preamble, which contains the cluster's id and is the first message.</summary>
    private async Task<bool> IsLetInAsync(IPEndPoint port, X509Certificate2? certificate)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(port, _cancel);
        await using var tls = new SslStream(socket.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(Handshake(certificate), _cancel);
            return await tls.ReadAsync(new byte[1], _cancel) > 0;
        }
        catch (Exception refusal) when (refusal is IOException or AuthenticationException)
        {
            return false;
        }
    }

    private async Task<string> ShownByAsync(IPEndPoint port, X509Certificate2 certificate)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(port, _cancel);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(Handshake(certificate), _cancel);
        return tls.RemoteCertificate!.GetCertHashString();
    }

    private static SslClientAuthenticationOptions Handshake(X509Certificate2? certificate) => new()
    {
        TargetHost = "silo",
        ClientCertificates = certificate is null ? null : [certificate],
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
    };

    /// <summary>Presents a certificate to one caller.</summary>
    /// <returns>Number of bytes that the caller sends afterwards.</returns>
    private async Task<long> PoseAsync(TcpListener listener, X509Certificate2 certificate)
    {
        using var socket = await listener.AcceptTcpClientAsync(_cancel);
        await using var tls = new SslStream(socket.GetStream());
        using var said = new MemoryStream();
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, _cancel);
            await DrainAsync(tls, said);
        }
        catch (Exception refusal) when (refusal is IOException or AuthenticationException)
        {
            // The caller does not trust it.
        }

        return said.Length;
    }

    /// <summary>Reads until the other side closes or resets the connection.</summary>
    private async Task DrainAsync(Stream from, Stream to)
    {
        try
        {
            await from.CopyToAsync(to, _cancel);
        }
        catch (IOException)
        {
            // The connection was reset.
        }
    }

    private async Task<TrackerException> FailureAsync(TrackerCluster cluster, CertificateFiles? certificates) => await Assert.ThrowsAsync<TrackerException>(
        () => GrainConnection.OpenAsync(
            new() { ConnectionString = cluster.Database, ClusterId = cluster.Id, Certificates = certificates, ConnectTimeout = TimeSpan.FromSeconds(3) },
            _cancel));

    /// <summary>A silo composed as in the product that tries to join.</summary>
    private static IHost Rogue(TrackerCluster cluster, CertificateFiles? certificates)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        var said = new Dictionary<string, string?> { [TrackerSilo.StoreKey] = cluster.Database, [TrackerSilo.ClusterKey] = cluster.Id };
        if (certificates is not null)
        {
            TrackerSilo.SayCertificates(said, TrackerSilo.CertificatesKey, certificates);
        }

        foreach (var (key, value) in said)
        {
            builder.Configuration[key] = value;
        }

        builder.UseOrleans(silo =>
        {
            new TrackerSilo().Configure(silo);
            // Otherwise it would evict itself after this time, which ends the process.
            silo.Configure<ClusterMembershipOptions>(membership =>
                (membership.MaxJoinAttemptTime, membership.EvictWhenMaxJoinAttemptTimeExceeded) = (JoinMax, false));
        });
        return builder.Build();
    }
}
