using System.Net.Security;
using ExecutionGrains.GrainInterfaces;
using Orleans;
using Orleans.Configuration;
using Orleans.Connections.Security;
using Orleans.Hosting;

namespace ExecutionGrains.Client;

/// <summary>For a program with a host and an Orleans client of its own; <see cref="GrainConnection"/> uses it by itself.</summary>
public static class ClusterCertificatesExtensions
{
    /// <summary>5 s, as a connection attempt of Orleans.</summary>
    private static readonly TimeSpan HandshakeMax = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Connects with a certificate, and only to silos whose certificate the same authority signed. Files that are replaced count from the next connection on.
    /// </summary>
    /// <exception cref="CertificateException">A file is missing, or what it holds cannot be used.</exception>
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
