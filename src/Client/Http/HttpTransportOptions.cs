namespace ExecutionGrains.Client;

/// <summary>How the HTTP API is reached. Read once, by the transport's constructor.</summary>
public sealed record HttpTransportOptions
{
    /// <summary>Where the tracker is: http or https; a path in it is kept.</summary>
    public required Uri Address { get; init; }

    /// <summary>
    /// Gives a key with the role <c>executor</c> or <c>admin</c>. Asked before every request that needs the key, so that a rotated one is used at once: keep it
    /// in memory. A key that the tracker does not accept is asked for again and the request repeated; what the function throws counts as a fault of the way.
    /// </summary>
    public required Func<CancellationToken, ValueTask<string>> ApiKey { get; init; }

    /// <summary>
    /// What sends the requests, of an <c>IHttpClientFactory</c>, say. It is not disposed, and its own <c>Timeout</c> and <c>BaseAddress</c> play no part where
    /// they are longer or set. Default null: sockets, with connections renewed every 5 min, and connections of their own for heartbeats.
    /// </summary>
    public HttpClient? Client { get; init; }

    /// <summary>
    /// Whether keys may go over unencrypted <c>http://</c> to another machine, where everybody on the way can read them. Default false: only loopback may be
    /// plain.
    /// </summary>
    public bool AllowInsecure { get; init; }
}
