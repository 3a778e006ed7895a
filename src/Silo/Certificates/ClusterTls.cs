using System.Net.Security;
using ExecutionGrains.GrainInterfaces;
using Orleans;
using Orleans.Configuration;
using Orleans.Connections.Security;

namespace ExecutionGrains.Silo.Certificates;

/// <summary>TLS with certificates on both sides, on a silo's port for silos, its gateway, and its connections to other silos.</summary>
internal static class ClusterTls
{
    /// <summary>A silo that hangs in a handshake is given up. 5 s, as a connection attempt of Orleans.</summary>
    private static readonly TimeSpan HandshakeMax = TimeSpan.FromSeconds(5);

    public static void Use(ISiloBuilder silo, ClusterCertificates certificates) => silo.Configure<SiloConnectionOptions>(connections =>
    {
        connections.ConfigureSiloInboundConnection(connection => connection.UseServerTls(Options(certificates, silosOnly: true)));
        connections.ConfigureGatewayInboundConnection(connection => connection.UseServerTls(Options(certificates, silosOnly: false)));
        connections.ConfigureSiloOutboundConnection(connection => connection.UseClientTls(Options(certificates, silosOnly: true)));
    });

    private static TlsOptions Options(ClusterCertificates certificates, bool silosOnly) => new()
    {
        HandshakeTimeout = HandshakeMax,
        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
        RemoteCertificateValidation = (_, _, errors) => ClusterCertificates.IsTrusted(errors),
        // Orleans asks for one of the two, and overrules it below: these come with their intermediate certificates.
        LocalServerCertificateSelector = (_, _) => certificates.Certificate,
        LocalClientCertificateSelector = (_, _, _, _, _) => certificates.Certificate,
        OnAuthenticateAsServer = (_, handshake) => certificates.AuthenticateServer((SslServerAuthenticationOptions)handshake.SslServerAuthenticationOptions, silosOnly),
        OnAuthenticateAsClient = (_, handshake) => certificates.AuthenticateClient((SslClientAuthenticationOptions)handshake.SslClientAuthenticationOptions),
    };
}
