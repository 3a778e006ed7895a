using System.Net;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Hosting.Settings;

namespace ExecutionGrains.Silo.Configuration;

/// <summary>
/// The configuration of the program: the section <c>ExecutionGrains</c>, read and validated once at the start by <see cref="ProgramOptionsReader"/>.
/// </summary>
public sealed record ProgramOptions : ExecutionGrainsOptions
{
    /// <summary>
    /// Maximum of concurrent HTTP connections; further ones are closed at once. Each may hold 64 KiB of a request head. Default 4,096; 16 to 1,000,000.
    /// </summary>
    public int ConnectionsMax { get; init; } = 4_096;

    /// <summary>
    /// Addresses or networks of the proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> headers are trusted. Default none.
    /// </summary>
    public IReadOnlyList<IPNetwork> Proxies { get; init; } = [];

    /// <summary>HTTP addresses at which the silo listens, separated by semicolons. Default <c>http://localhost:5080</c>.</summary>
    public string Urls { get; init; } = "http://localhost:5080";

    /// <summary>
    /// PostgreSQL: silos with the same id on the same database form one cluster. Default <c>executiongrains</c>; 1 to 128 characters of
    /// <c>[A-Za-z0-9._-]</c>.
    /// </summary>
    public string ClusterId { get; init; } = ClusterNames.Default;

    /// <summary>
    /// PostgreSQL: the IP address at which other silos and grain clients connect to this silo. Its Orleans ports listen on no other address. Default
    /// 127.0.0.1; an address that is not loopback requires <see cref="ClusterCertificates"/> or <see cref="ClusterInsecure"/>.
    /// </summary>
    public IPAddress ClusterAddress { get; init; } = IPAddress.Loopback;

    /// <summary>PostgreSQL: the port for other silos. Default 0, a free port, which the other silos find in the database; up to 65,535.</summary>
    public int ClusterSiloPort { get; init; }

    /// <summary>PostgreSQL: the port for grain clients. Default 0, a free port, which the clients find in the database; up to 65,535.</summary>
    public int ClusterGatewayPort { get; init; }

    /// <summary>
    /// PostgreSQL: the certificate with which this silo authenticates itself to other silos and grain clients. They must present a certificate of the same
    /// authority. Default null: no TLS.
    /// </summary>
    public CertificateFiles? ClusterCertificates { get; init; }

    /// <summary>
    /// PostgreSQL: whether a silo without <see cref="ClusterCertificates"/> may listen on an address that is not loopback. Its ports then grant full access
    /// without authentication. Default false.
    /// </summary>
    public bool ClusterInsecure { get; init; }

    /// <summary>
    /// Whether Orleans's own dashboard is served at <c>/orleans</c> to admins of all namespaces. Default false, because it takes 13 MB of memory and reads
    /// every meter each second.
    /// </summary>
    public bool ClusterDashboard { get; init; }
}
