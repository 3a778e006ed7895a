namespace ExecutionGrains.Hosting.Settings;

/// <summary>Settings of the tracker in a silo. A host creates them in code; <c>src/Silo</c> reads them from the section <c>ExecutionGrains</c>.</summary>
public record ExecutionGrainsOptions
{
    /// <summary><c>sqlite</c> (default) or <c>postgres</c>.</summary>
    public string StoreProvider { get; init; } = "sqlite";

    /// <summary>
    /// PostgreSQL: an Npgsql connection string; required. SQLite: the path of the file, plain or as <c>Data Source=…</c>. Null: <c>executiongrains.db</c>
    /// under <see cref="DataPath"/>.
    /// </summary>
    public string? StoreConnectionString { get; init; }

    /// <summary>PostgreSQL: number of concurrent commits. Default 2; 1 to 16.</summary>
    public int StoreWriters { get; init; } = 2;

    /// <summary>Folder for the SQLite database, the admin key and the master key. Created if missing. Default <c>./data</c>.</summary>
    public string DataPath { get; init; } = "./data";

    /// <summary>
    /// Path of the dashboard, beginning with <c>/</c>. Default <c>/</c>. An app with a page of its own at <c>/</c> sets another, for example
    /// <c>/tracker</c>.
    /// </summary>
    public string DashboardPath { get; init; } = "/";

    /// <summary>Time between two sweeps of a janitor. Default 1 min; 1 s to 1 h.</summary>
    public TimeSpan JanitorPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Time by which a lease or deadline may be exceeded before the janitor acts. Default 10 s; 0 to 1 h.</summary>
    public TimeSpan JanitorGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Share of the live executions; a sweep that would mark more than this share as lost holds instead. Default 0, which switches the check off; 0 to 1.
    /// </summary>
    public double JanitorMassLossHold { get; init; }

    /// <summary>Time from a claim until it expires if nothing was reported since. Default 30 s; 1 s to 24 h.</summary>
    public TimeSpan ClaimsTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time that a worker has to stop after a cancellation request or its timeout. Default 30 s; 0 to 24 h.</summary>
    public TimeSpan CancelGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The bootstrap key, an API key with the role admin: 32 to 256 printable ASCII characters with an estimated strength of at least 128 bits. A new value
    /// revokes the previous one. Default null: none.
    /// </summary>
    public string? BootstrapKey { get; init; }

    /// <summary>
    /// Path of the file with the master key, which encrypts the secrets in the store. All silos of a store share it. It is created if it is missing and the
    /// store has no secrets yet. Required on PostgreSQL if silos or callers are on other machines. Default null: <c>master.key</c> under
    /// <see cref="DataPath"/>.
    /// </summary>
    public string? MasterKeyFile { get; init; }

    /// <summary>Lifetime of a run token. Default 24 h; 1 s to 365 d.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Whether a key with the role executor may report only on executions that this key created or claimed. Default false.</summary>
    public bool ExecutorsOwnOnly { get; init; }

    /// <summary>The issuer whose JWT bearer tokens are accepted. Default null: none are accepted.</summary>
    public JwtSettings? Jwt { get; init; }

    /// <summary>The OpenID Connect provider for sign-in to the dashboard. Default null: sign-in with API keys only.</summary>
    public OpenIdConnectSettings? OpenIdConnect { get; init; }

    /// <summary>The client certificates that are accepted over HTTPS. Default null: none are requested.</summary>
    public CertificateSettings? Certificates { get; init; }

    /// <summary>
    /// Memory for all request bodies together, in MiB. One caller may use half of it. Default 0: an eighth of the memory, within 32 MiB and 1 GiB; up to
    /// 1,048,576.
    /// </summary>
    public int BodiesMiB { get; init; }

    /// <summary>Maximum of requests per second from one address, counted before authentication. Default 20,000; 0 is no limit; up to 1,000,000.</summary>
    public int RequestsPerAddress { get; init; } = 20_000;

    /// <summary>
    /// Maximum of requests per second with one key and the run tokens that were issued to it. Default 20,000; 0 is no limit; up to 1,000,000.
    /// </summary>
    public int RequestsPerKey { get; init; } = 20_000;

    /// <summary>Refused credentials per minute from one address; above it the answer is 429. Default 600; 0 is no limit; up to 1,000,000.</summary>
    public int FailedSignInsMax { get; init; } = 600;

    /// <summary>Time during which the id of a deleted execution cannot be used again. Default 365 d; 0 to 3,650 d.</summary>
    public TimeSpan RetentionTombstones { get; init; } = TimeSpan.FromDays(365);

    /// <summary>What <c>/.well-known/security.txt</c> says. Default null: it is not served.</summary>
    public SecurityText? SecurityText { get; init; }

    /// <summary>How long rows of the audit are kept. Default 0: for ever; else 1 d to 3,650 d.</summary>
    public TimeSpan RetentionAudit { get; init; }

    /// <summary>What a start does if the store has no usable API key. Default: nothing.</summary>
    public FirstKey FirstKey { get; init; }
}
