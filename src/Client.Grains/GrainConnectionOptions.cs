using System.Net;
using ExecutionGrains.GrainInterfaces;

namespace ExecutionGrains.Client;

/// <summary>Options of a <see cref="GrainConnection"/>: how an executor service connects to the cluster.</summary>
public sealed record GrainConnectionOptions
{
    /// <summary>Maximum of <see cref="ConnectTimeout"/>: 1 h.</summary>
    internal static readonly TimeSpan ConnectTimeoutMax = TimeSpan.FromHours(1);

    /// <summary>
    /// Npgsql connection string of the cluster's PostgreSQL database, which lists the silos. Default null: <see cref="Gateways"/> are used.
    /// </summary>
    public string? ConnectionString { get; init; }

    /// <summary>
    /// Addresses of silos, for a client that cannot reach the database. The port is each silo's <c>ExecutionGrains__Cluster__GatewayPort</c>. Default none.
    /// </summary>
    public IReadOnlyList<IPEndPoint> Gateways { get; init; } = [];

    /// <summary>
    /// The client's certificate and key, and the certificate of the cluster's authority. <c>ExecutionGrains.Silo cluster certificates</c> creates them.
    /// Default null: no TLS, which only a cluster without certificates accepts.
    /// </summary>
    public CertificateFiles? Certificates { get; init; }

    /// <summary>
    /// Whether a client without <see cref="Certificates"/> may connect to another machine. Default false, because anyone on the network path could read and
    /// change its reports.
    /// </summary>
    public bool AllowInsecure { get; init; }

    /// <summary>Id of the cluster: the silos' <c>ExecutionGrains__Cluster__Id</c>. Default <c>executiongrains</c>.</summary>
    public string ClusterId { get; init; } = ClusterNames.Default;

    /// <summary>Maximum time to connect to a silo. Default 10 s; above 0, at most 1 h.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Caller that the tracker records. Default <see cref="Caller.Local"/>.</summary>
    public Caller? Caller { get; init; }
}
