using System.Net.Security;
using ExecutionGrains.GrainInterfaces;
using Orleans;
using Orleans.Configuration;
using Orleans.Connections.Security;
using Orleans.Hosting;

namespace ExecutionGrains.Client;

/// <summary>
/// Cluster certificates for a program that configures its own Orleans client. <see cref="GrainConnection"/> applies them itself.
/// </summary>
public static class ClusterCertificatesExtensions
{
    /// <summary>Timeout of the TLS handshake: 5 s, the same as Orleans's timeout of a connection attempt.</summary>
    private static readonly TimeSpan HandshakeMax = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Connects with the client's certificate, and only to silos whose certificate was signed by the same authority. A replaced file is used from the next
    /// connection on.
    /// </summary>
    /// <exception cref="CertificateException">A file is missing or its content is invalid.</exception>
    public static IClientBuilder UseClusterCertificates(this IClientBuilder client, CertificateFiles files) =>
        Use(client, ClusterCertificates.OfClient(files), () => { });

    /// <param name="refused">Called when a silo's certificate is not trusted.</param>
    internal static IClientBuilder Use(IClientBuilder client, ClusterCertificates certificates, Action refused)
    {
        var tls = new TlsOptions
        {
            HandshakeTimeout = HandshakeMax,
            RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
            RemoteCertificateValidation = (_, _, errors) => IsTrusted(errors, refused),
            OnAuthenticateAsClient = (_, handshake) =>
                certificates.AuthenticateClient((SslClientAuthenticationOptions)handshake.SslClientAuthenticationOptions),
        };
        return client.Configure<ClientConnectionOptions>(connections => connections.ConfigureConnection(connection => connection.UseClientTls(tls)));
    }

    private static bool IsTrusted(SslPolicyErrors errors, Action refused)
    {
        var trusted = ClusterCertificates.IsTrusted(errors);
        if (!trusted)
        {
            refused();
        }

        return trusted;
    }
}
