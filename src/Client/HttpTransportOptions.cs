namespace ExecutionGrains.Client;

/// <summary>Options of an <see cref="HttpTransport"/>. Its constructor reads them once.</summary>
public sealed record HttpTransportOptions
{
    /// <summary>The tracker's base address, http or https, including any path prefix.</summary>
    public required Uri Address { get; init; }

    /// <summary>
    /// Returns a key with the role <c>executor</c> or <c>admin</c>. Called before every request that needs the key, so that a rotated key is used at once;
    /// keep the key in memory. If the tracker does not accept the key, the function is called again and the request is repeated. An exception that it throws
    /// counts as a transport failure.
    /// </summary>
    public required Func<CancellationToken, ValueTask<string>> ApiKey { get; init; }

    /// <summary>
    /// Client that sends the requests, for example from an <c>IHttpClientFactory</c>. It is not disposed. Its <c>BaseAddress</c> is not used; a
    /// <c>Timeout</c> shorter than the SDK's still applies. Default null: a socket client that renews its connections every 5 min, with separate connections
    /// for heartbeats.
    /// </summary>
    public HttpClient? Client { get; init; }

    /// <summary>
    /// Whether keys may be sent over unencrypted <c>http://</c> to another machine, where anyone on the network path can read them. Default false:
    /// <c>http://</c> is allowed only to loopback addresses.
    /// </summary>
    public bool AllowInsecure { get; init; }
}
