using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Silo.Hosting;
using Orleans;
using Orleans.Configuration;
using Orleans.Connections.Security;

namespace ExecutionGrains.Silo.Certificates;

/// <summary>TLS with certificates on both sides, on a silo's port for silos, its gateway, and its connections to other silos.</summary>
internal sealed partial class ClusterTls(ClusterCertificates certificates, string authority, ILogger<ClusterTls> log)
{
    /// <summary>A silo that hangs in a handshake is given up. 5 s, as a connection attempt of Orleans.</summary>
    private static readonly TimeSpan HandshakeMax = TimeSpan.FromSeconds(5);

    private readonly LogWindow _refusals = new(TimeProvider.System);

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
        // Orleans asks for one of the two, and overrules it below: these come with their intermediate certificates.
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
        "A silo or client with the certificate {Thumbprint} is refused: the authority in {Authority} did not sign it, or not for this use and time ({Errors})")]
    private partial void Refused(string thumbprint, string authority, string errors);
}
