using System.Net;
using ExecutionGrains.GrainInterfaces;
using ExecutionGrains.Silo.Auth;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>The configuration: everything under <c>ExecutionGrains</c>. Read and checked once, by <see cref="OptionsReading"/>.</summary>
public sealed record SiloOptions
{
    /// <summary><c>sqlite</c> (default) or <c>postgres</c>.</summary>
    public string StoreProvider { get; init; } = "sqlite";

    /// <summary>
    /// PostgreSQL: as Npgsql reads it, and required. SQLite: the file; null is one under <see cref="DataPath"/>.
    /// </summary>
    public string? StoreConnectionString { get; init; }

    /// <summary>PostgreSQL: commits that run at the same time. Default 2; 1 to 16.</summary>
    public int StoreWriters { get; init; } = 2;

    /// <summary>Default <c>./data</c>, made where it is missing.</summary>
    public string DataPath { get; init; } = "./data";

    /// <summary>Default 1 min; 1 s to 1 h.</summary>
    public TimeSpan JanitorPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What a lease or deadline may be exceeded by. Default 10 s; 0 to 1 h.</summary>
    public TimeSpan JanitorGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Share of live executions above which a sweep holds. Default 0, off; 0 to 1.</summary>
    public double JanitorMassLossHold { get; init; }

    /// <summary>How long a claim may go without contact. Default 30 s; 1 s to 24 h.</summary>
    public TimeSpan ClaimsTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a worker may take to stop. Default 30 s; 0 to 24 h.</summary>
    public TimeSpan CancelGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The one bootstrap key, an admin's: 32 to 256 printable ASCII characters with at least 128 bits by estimate. Another value revokes the one before.
    /// Null: none is given.
    /// </summary>
    public string? BootstrapKey { get; init; }

    /// <summary>
    /// The file with the master key, which wraps the secrets in the store; all silos of a store share it. Null is <c>master.key</c> under <see
    /// cref="DataPath"/>. Made where it is missing and the store
    /// has no secrets yet. On PostgreSQL required where silos or callers are on other machines.
    /// </summary>
    public string? MasterKeyFile { get; init; }

    /// <summary>Life of a run token. Default 24 h; 1 s to 365 d.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Whether executors report, with their keys, only on what their key created or claimed. Default false.</summary>
    public bool ExecutorsOwnOnly { get; init; }

    /// <summary>Whose JWT bearer tokens are taken; null: nobody's.</summary>
    public JwtSettings? Jwt { get; init; }

    /// <summary>With which identity provider people may sign in to the dashboard; null: with keys only.</summary>
    public OpenIdConnectSettings? OpenIdConnect { get; init; }

    /// <summary>Which client certificates are taken over https; null: none is asked for.</summary>
    public CertificateSettings? Certificates { get; init; }

    /// <summary>Connections at the same time; one more is closed at once. Default 4,096; 16 to 1,000,000. Each may hold 64 KiB of a request head.</summary>
    public int ConnectionsMax { get; init; } = 4_096;

    /// <summary>
    /// Mebibytes that request bodies may hold together; one caller's half of it. Default 0: an eighth of the memory, 32 MiB to 1 GiB; up to 1,048,576.
    /// </summary>
    public int BodiesMiB { get; init; }

    /// <summary>Requests a second of one address, before authentication. Default 20,000; 0 is no limit; up to 1,000,000.</summary>
    public int RequestsPerAddress { get; init; } = 20_000;

    /// <summary>Requests a second of one key, with the run tokens that it caused. Default 20,000; 0 is no limit; up to 1,000,000.</summary>
    public int RequestsPerKey { get; init; } = 20_000;

    /// <summary>Refused credentials a minute of one address before it is answered 429. Default 600; 0 is no limit; up to 1,000,000.</summary>
    public int FailedSignInsMax { get; init; } = 600;

    /// <summary>Proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are believed, as addresses or networks. Default none.</summary>
    public IReadOnlyList<IPNetwork> Proxies { get; init; } = [];

    /// <summary>How long the id of a deleted execution is not given again. Default 365 d; 0 to 3,650 d.</summary>
    public TimeSpan RetentionTombstones { get; init; } = TimeSpan.FromDays(365);

    /// <summary>Where to listen. Default <c>http://localhost:5080</c>.</summary>
    public string Urls { get; init; } = "http://localhost:5080";

    /// <summary>
    /// Silos of the same id on the same PostgreSQL are one cluster. Default <c>executiongrains</c>; 1 to 128 characters of <c>[A-Za-z0-9._-]</c>.
    /// </summary>
    public string ClusterId { get; init; } = ClusterNames.Default;

    /// <summary>
    /// PostgreSQL: the IP address at which other silos and clients reach this one, and the only one it listens at. Default 127.0.0.1; any address but a
    /// loopback one needs <see cref="ClusterCertificates"/> or <see cref="ClusterInsecure"/>.
    /// </summary>
    public IPAddress ClusterAddress { get; init; } = IPAddress.Loopback;

    /// <summary>PostgreSQL: the port for other silos. Default 0, a free one (the others find it in the database); up to 65535.</summary>
    public int ClusterSiloPort { get; init; }

    /// <summary>PostgreSQL: the port for clients on the grain interface. Default 0, a free one, which clients find in the database; up to 65535.</summary>
    public int ClusterGatewayPort { get; init; }

    /// <summary>
    /// PostgreSQL: the certificate by which this silo meets other silos and grain clients, which must show one of the same authority. Default null: no TLS.
    /// </summary>
    public CertificateFiles? ClusterCertificates { get; init; }

    /// <summary>
    /// PostgreSQL: whether a silo without <see cref="ClusterCertificates"/> may listen where other machines reach it. Default false. Whoever reaches its ports
    /// may do everything.
    /// </summary>
    public bool ClusterInsecure { get; init; }

    /// <summary>
    /// Whether Orleans's own dashboard is served at <c>/orleans</c>, to admins of all namespaces. Default false: it takes 13 MB and reads every meter each
    /// second.
    /// </summary>
    public bool ClusterDashboard { get; init; }
}
