using System.Net;
using ExecutionGrains.GrainInterfaces;

namespace ExecutionGrains.Client;

/// <summary>How an executor service reaches the cluster on the grain interface.</summary>
public sealed record GrainConnectionOptions
{
    /// <summary>1 h.</summary>
    internal static readonly TimeSpan ConnectTimeoutMax = TimeSpan.FromHours(1);

    /// <summary>The PostgreSQL database of the cluster, as Npgsql reads it: the silos list themselves there. Null: <see cref="Gateways"/> are told.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Gateways of the cluster, for a client that does not reach its database: each silo's <c>ExecutionGrains__Cluster__GatewayPort</c>. Default none.</summary>
    public IReadOnlyList<IPEndPoint> Gateways { get; init; } = [];

    /// <summary>
    /// The client's certificate and key, and the authority of the cluster's certificates: <c>ExecutionGrains.Silo cluster certificates</c> makes them. Default
    /// null: no TLS, which only a cluster without certificates takes.
    /// </summary>
    public CertificateFiles? Certificates { get; init; }

    /// <summary>
    /// Whether a client without <see cref="Certificates"/> may connect beyond this machine. Default false. Anybody on the way reads and changes what it
    /// reports.
    /// </summary>
    public bool AllowInsecure { get; init; }

    /// <summary>The silos' <c>ExecutionGrains__Cluster__Id</c>. Default <c>executiongrains</c>.</summary>
    public string ClusterId { get; init; } = ClusterNames.Default;

    /// <summary>How long a client looks for a silo before it says that there is none. Default 10 s; above 0, to 1 h.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Who calls, for the record. Default <see cref="Caller.Local"/>.</summary>
    public Caller? Caller { get; init; }
}
