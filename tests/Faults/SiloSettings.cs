namespace ExecutionGrains.Faults;

/// <summary>The environment of one silo process, with settings by the names that an operator uses.</summary>
internal sealed record SiloSettings(string DataPath)
{
    public const string AdminKey = "the-admin-key-of-the-fault-tests-00001";

    public TimeSpan JanitorPeriod { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The store's settings; empty: SQLite in the data folder.</summary>
    public IReadOnlyDictionary<string, string> Store { get; init; } = new Dictionary<string, string>();

    /// <summary>Other variables of the process.</summary>
    public IReadOnlyDictionary<string, string> Others { get; init; } = new Dictionary<string, string>();

    /// <param name="port">The HTTP port.</param>
    /// <param name="siloPort">
    /// The port for other silos, on PostgreSQL, fixed as in <c>deploy/</c>: a silo that restarts at the same address does not wait for its predecessor.
    /// </param>
    public IEnumerable<KeyValuePair<string, string>> Environment(int port, int siloPort) =>
    [
        new("ExecutionGrains__DataPath", DataPath),
        new("ExecutionGrains__Urls", $"http://127.0.0.1:{port}"),
        new("ExecutionGrains__Auth__BootstrapKey", AdminKey),
        new("ExecutionGrains__Janitor__Period", JanitorPeriod.ToString("c")),
        new("ExecutionGrains__Janitor__Grace", Grace.ToString("c")),
        .. Store,
        .. Store.Count > 0 ? [new("ExecutionGrains__Cluster__SiloPort", $"{siloPort}")] : Array.Empty<KeyValuePair<string, string>>(),
        .. Others,
    ];
}
