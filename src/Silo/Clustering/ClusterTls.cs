using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ExecutionGrains.GrainInterfaces;
using Orleans;
using Orleans.Configuration;
using Orleans.Connections.Security;

namespace ExecutionGrains.Silo.Clustering;

/// <summary>Mutual TLS for a silo: on its port for silos, on its gateway, and on its connections to other silos.</summary>
internal sealed partial class ClusterTls(ClusterCertificates certificates, string authority, ILogger<ClusterTls> log)
{
    /// <summary>Longest duration of a handshake. 5 s, the same as for a connection attempt of Orleans.</summary>
    private static readonly TimeSpan HandshakeMax = TimeSpan.FromSeconds(5);

    private readonly LogRateLimiter _refusals = new(TimeProvider.System);

    public static void Use(ISiloBuilder silo, ClusterCertificates certificates, string authority) =>
        silo.Services.AddOptions<SiloConnectionOptions>()
            .Configure<ILogger<ClusterTls>>((connections, log) => new ClusterTls(certificates, authority, log).Add(connections));

    private void Add(SiloConnectionOptions connections)
    {
        connections.ConfigureSiloInboundConnection(connection => connection.UseServerTls(Options(silosOnly: true)));
        connections.ConfigureGatewayInboundConnection(connection => connection.UseServerTls(Options(silosOnly: false)));
        connections.ConfigureSiloOutboundConnection(connection => connection.UseClientTls(Options(silosOnly: true)));
    }

    private TlsOptions Options(bool silosOnly) => new()
    {
        HandshakeTimeout = HandshakeMax,
        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
        RemoteCertificateValidation = IsTrusted,
        // Orleans requires a selector for each role. The callbacks below replace the selected certificate, because they also send intermediate certificates.
        LocalServerCertificateSelector = (_, _) => certificates.Certificate,
        LocalClientCertificateSelector = (_, _, _, _, _) => certificates.Certificate,
        OnAuthenticateAsServer = (_, handshake) =>
            certificates.AuthenticateServer((SslServerAuthenticationOptions)handshake.SslServerAuthenticationOptions, silosOnly),
        OnAuthenticateAsClient = (_, handshake) => certificates.AuthenticateClient((SslClientAuthenticationOptions)handshake.SslClientAuthenticationOptions),
    };

    private bool IsTrusted(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var trusted = ClusterCertificates.IsTrusted(errors);
        if (!trusted && _refusals.IsOpen())
        {
            Refused(certificate.Thumbprint, authority, string.Join(", ", chain?.ChainStatus.Select(status => status.Status) ?? []));
        }

        return trusted;
    }

    [LoggerMessage(
        Microsoft.Extensions.Logging.LogLevel.Warning,
        "A silo or client with the certificate {Thumbprint} is refused: the authority in {Authority} did not sign it, or it is not valid for this use or time "
        + "({Errors})")]
    private partial void Refused(string thumbprint, string authority, string errors);
}
