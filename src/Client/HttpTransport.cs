using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ExecutionGrains.Client.Http;

namespace ExecutionGrains.Client;

/// <summary>Transport over the HTTP API, version 1. Thread-safe; connections are shared.</summary>
public sealed class HttpTransport : ITransport, IDisposable
{
    private const string ProblemType = "urn:executiongrains:problem:";
    private const int AnswerBytesMax = 16 << 20;
    private const int ThreadsMax = 64;

    private readonly HttpClient _http;
    private readonly HttpClient _heartbeatClient;
    private readonly bool _ownsClients;
    private readonly bool _isOwn;
    private readonly bool _keyMayChange;
    private readonly Uri _address;
    private readonly Func<CancellationToken, ValueTask<string>> _apiKey;
    private int _threads;

    /// <param name="address">The tracker's base address, including any path prefix. https, or http on this machine.</param>
    /// <param name="apiKey">A key with the role <c>executor</c> or <c>admin</c>.</param>
    /// <param name="handler">Handler that sends the requests. Default: a socket handler that renews its connections every 5 min.</param>
    /// <exception cref="ArgumentException">The address is not an absolute http or https URI, or it would send the key unencrypted to another machine (see
    /// <see cref="HttpTransportOptions.AllowInsecure"/>), or the key contains invalid characters.</exception>
    public HttpTransport(Uri address, string apiKey, HttpMessageHandler? handler = null)
        : this(new() { Address = address, ApiKey = _ => new(apiKey) }, handler)
    {
        ArgumentException.ThrowIfNullOrEmpty(apiKey);
        if (!IsKey(apiKey))
        {
            throw new ArgumentException("The key contains characters that are not allowed in a key, such as spaces or line breaks.", nameof(apiKey));
        }

        _keyMayChange = false;
    }

    /// <exception cref="ArgumentException">The address is not an absolute http or https URI, or it would send the key unencrypted to another machine (see
    /// <see cref="HttpTransportOptions.AllowInsecure"/>).</exception>
    public HttpTransport(HttpTransportOptions options)
        : this(options, null)
    {
    }

    private HttpTransport(HttpTransportOptions options, HttpMessageHandler? handler)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(options.Address);
        ArgumentNullException.ThrowIfNull(options.ApiKey);
        CheckAddress(options);
        (_apiKey, _keyMayChange, _ownsClients) = (options.ApiKey, true, options.Client is null);
        // Keep only scheme, host, port and path: the address appears in error messages, and a user name or query may be secret.
        _address = new Uri(options.Address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/') + "/");
        _http = options.Client ?? Client(handler);
        _isOwn = options.Client is null && handler is null;
        _heartbeatClient = _isOwn ? Client(null) : _http;
    }

    public async Task<ExecutionGrant> CreateAsync(ExecutionId execution, CreateExecution create, CancellationToken cancellationToken) =>
        await GrantAsync(execution, "v1/executions", Body(() => RequestWriter.Create(execution, create)), cancellationToken).ConfigureAwait(false);

    public async Task<ExecutionGrant> ClaimAsync(ExecutionId execution, Worker worker, CancellationToken cancellationToken) =>
        await GrantAsync(execution, $"v1/executions/{execution.Value}/claim", Body(() => RequestWriter.Claim(worker)), cancellationToken).ConfigureAwait(false);

    public async Task<ReportReply> ReportAsync(ExecutionId execution, EventReport report, string? token, CancellationToken cancellationToken)
    {
        var isBeat = report.Events.All(reported => reported is ExecutionEvent.Heartbeat);
        var client = isBeat ? _heartbeatClient : _http;
        var path = $"v1/executions/{execution.Value}/events";
        var body = Body(() => RequestWriter.Report(report));
        Reply<EventsReply> reply;
        try
        {
            reply = token is null
                ? await WithKeyAsync(client, path, body, ReplyJson.Default.EventsReply, cancellationToken).ConfigureAwait(false)
                : await SendAsync(client, path, body, token, ReplyJson.Default.EventsReply, cancellationToken).ConfigureAwait(false);
        }
        catch (TrackerException e) when (token is not null && e is { Status: 401, Code: not null })
        {
            // The run token has expired, or its signing key was rotated. Use the API key: the epoch in the report fences in the same way.
            reply = await WithKeyAsync(client, path, body, ReplyJson.Default.EventsReply, cancellationToken).ConfigureAwait(false);
        }

        if (reply.Value.ExecutionId != execution.Value || reply.Value.Results is null)
        {
            throw ForeignResponse(path);
        }

        return new ReportReply(Answer(reply.Value), reply.Value.Token, Lease(reply.Value.LeaseExpiresAt, reply.Date));
    }

    public void Dispose()
    {
        if (_ownsClients)
        {
            _http.Dispose();
            _heartbeatClient.Dispose();
        }
    }

    private static HttpClient Client(HttpMessageHandler? handler) => new(handler ?? new SocketsHttpHandler
    {
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        // Do not follow redirects: a redirect does not come from the tracker, and its target must not receive the key.
        AllowAutoRedirect = false,
        UseCookies = false,
    })
    {
        // The SDK sets a timeout for each attempt.
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = AnswerBytesMax,
    };

    private static void CheckAddress(HttpTransportOptions options)
    {
        var address = options.Address;
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException("The tracker's address must be an absolute http or https URI.", nameof(options));
        }

        if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback && !options.AllowInsecure)
        {
            throw new ArgumentException(
                $"The key would be sent unencrypted to {address.Host}. Use https, or set "
                + $"{nameof(HttpTransportOptions)}.{nameof(HttpTransportOptions.AllowInsecure)}.",
                nameof(options));
        }
    }

    private static bool IsKey(string? key) => !string.IsNullOrEmpty(key) && key.All(c => c is > ' ' and < '\x7F');

    /// <summary>Serializes the request. A failure is permanent: a retry would fail in the same way.</summary>
    private static ReadOnlyMemory<byte> Body(Func<ReadOnlyMemory<byte>> write)
    {
        try
        {
            return write();
        }
        catch (Exception e)
        {
            throw new TrackerException($"The request cannot be serialized: {e.Message}", e) { Code = "invalid_request" };
        }
    }

    private async Task<ExecutionGrant> GrantAsync(ExecutionId execution, string path, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var (reply, date) = await WithKeyAsync(_heartbeatClient, path, body, ReplyJson.Default.GrantReply, cancellationToken).ConfigureAwait(false);
        if (reply.ExecutionId != execution.Value || reply.Epoch < 1)
        {
            throw ForeignResponse(path);
        }

        return new ExecutionGrant
        {
            Result = Word(reply.Result, Result.Applied),
            Status = Word(reply.Status, ExecutionStatus.Running),
            Version = reply.Version,
            Epoch = reply.Epoch,
            LeaseExpiresAt = reply.LeaseExpiresAt,
            Lease = Lease(reply.LeaseExpiresAt, date),
            Token = reply.Token,
        };
    }

    private async Task<Reply<T>> WithKeyAsync<T>(
        HttpClient client, string path, ReadOnlyMemory<byte> body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var key = await KeyAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await SendAsync(client, path, body, key, type, cancellationToken).ConfigureAwait(false);
        }
        catch (TrackerException refused) when (_keyMayChange && refused is { Status: 401, Transient: false })
        {
            var next = await KeyAsync(cancellationToken).ConfigureAwait(false);
            if (next == key)
            {
                // The key function returned the same key again. Report a transient failure, so that the retry asks for the key again: a rotated key may
                // arrive later.
                throw new TrackerException(refused.Message, refused) { Status = refused.Status, Code = refused.Code, Transient = true };
            }

            return await SendAsync(client, path, body, next, type, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<string> KeyAsync(CancellationToken cancellationToken)
    {
        string key;
        try
        {
            key = await _apiKey(cancellationToken).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw new TrackerException($"The ApiKey function failed: {e.GetType()}", e) { Transient = true };
        }

        return IsKey(key)
            ? key
            : throw new TrackerException("The key is empty or contains characters that are not allowed in a key.") { Transient = _keyMayChange };
    }

    /// <summary>
    /// Heartbeats must be sent even if the work blocks all thread-pool threads. Each request on the heartbeat client therefore uses its own thread. Above 64
    /// such threads, for example when many requests hang, further requests use the thread pool.
    /// </summary>
    private Task<Reply<T>> SendAsync<T>(
        HttpClient client, string path, ReadOnlyMemory<byte> body, string credential, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        _isOwn && client == _heartbeatClient && Volatile.Read(ref _threads) < ThreadsMax
            ? RunOnDedicatedThreadAsync(() => Post(client, path, body, credential, type, cancellationToken))
            : PostAsync(client, path, body, credential, type, cancellationToken);

    private async Task<Reply<T>> PostAsync<T>(
        HttpClient client, string path, ReadOnlyMemory<byte> body, string credential, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = Request(path, body, credential);
        try
        {
            using var response = await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return Read(response, await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false), type);
        }
        catch (Exception e) when (IsFault(e))
        {
            throw new TrackerException($"{_address}{path}: {e.Message}", e) { Transient = true };
        }
    }

    /// <summary>As <see cref="PostAsync"/>, but synchronous: on an open connection it needs no thread-pool thread.</summary>
    private Reply<T> Post<T>(
        HttpClient client, string path, ReadOnlyMemory<byte> body, string credential, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = Request(path, body, credential);
        try
        {
            using var response = client.Send(request, cancellationToken);
            using var content = new MemoryStream();
            response.Content.ReadAsStream(cancellationToken).CopyTo(content);
            return Read(response, content.ToArray(), type);
        }
        catch (Exception e) when (IsFault(e))
        {
            throw new TrackerException($"{_address}{path}: {e.Message}", e) { Transient = true };
        }
    }

    private Task<T> RunOnDedicatedThreadAsync<T>(Func<T> call)
    {
        Interlocked.Increment(ref _threads);
        // Continuations may run on this thread: they only pass the answer on.
        var answer = new TaskCompletionSource<T>();
        new Thread(Run, maxStackSize: 512 << 10) { IsBackground = true, Name = "ExecutionGrains heartbeat" }.Start();
        return answer.Task;

        void Run()
        {
            try
            {
                answer.SetResult(call());
            }
            catch (Exception e)
            {
                answer.SetException(e);
            }
            finally
            {
                Interlocked.Decrement(ref _threads);
            }
        }
    }

    private static bool IsFault(Exception e) => e is HttpRequestException or IOException or JsonException or InvalidOperationException or NotSupportedException;

    private HttpRequestMessage Request(string path, ReadOnlyMemory<byte> body, string credential)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, path)) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        return request;
    }

    private static Reply<T> Read<T>(HttpResponseMessage response, byte[] content, JsonTypeInfo<T> type) => response.IsSuccessStatusCode
        ? new(JsonSerializer.Deserialize(content, type) ?? throw new JsonException("the response is empty"), response.Headers.Date)
        : throw Refusal(response, content);

    private TrackerException ForeignResponse(string path) => new($"{_address}{path}: the response did not come from the tracker.") { Transient = true };

    /// <summary>
    /// Converts an error response. It is permanent only if the tracker itself sent it, and its code does not ask for a retry. Other errors come from a proxy or
    /// load balancer and are retried.
    /// </summary>
    private static TrackerException Refusal(HttpResponseMessage response, byte[] content)
    {
        var problem = Problem(response, content);
        var status = (int)response.StatusCode;
        return new TrackerException($"{status} {problem?.Code}: {problem?.Detail ?? problem?.Title ?? response.ReasonPhrase}")
        {
            Status = status,
            Code = problem?.Code,
            Transient = problem?.Code is null or "overloaded" or "rate_limited" or "request_timeout" or "store_unavailable" or "internal_error",
            RetryAfter = response.Headers.RetryAfter?.Delta ?? (response.Headers.RetryAfter?.Date - response.Headers.Date),
        };
    }

    private static ProblemReply? Problem(HttpResponseMessage response, byte[] content)
    {
        try
        {
            var problem = JsonSerializer.Deserialize(content, ReplyJson.Default.ProblemReply);
            if (problem is not { Code: { Length: > 0 } code })
            {
                return null;
            }

            var isProblem = response.Content.Headers.ContentType?.MediaType == "application/problem+json";
            return problem.Type == ProblemType + code || (problem.Type is null && isProblem && ProblemCodes.Contains(code)) ? problem : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// Computes the lease from two times of the tracker's clock. The <c>Date</c> header is truncated to whole seconds, so one second is subtracted.
    /// </summary>
    private static TimeSpan? Lease(DateTimeOffset? expiresAt, DateTimeOffset? date) =>
        expiresAt - date - TimeSpan.FromSeconds(1) is { } lease && lease > TimeSpan.FromSeconds(-1) ? lease : null;

    private static ReportAnswer Answer(EventsReply reply) => new()
    {
        Status = Word(reply.Status, ExecutionStatus.Running),
        Version = reply.Version,
        Epoch = reply.Epoch,
        LeaseExpiresAt = reply.LeaseExpiresAt,
        Control = reply.Control is { } control ? new Control(control.CancelRequested, control.CancelReason, control.Stop) : new Control(false, null, false),
        Results = [.. (reply.Results ?? []).Select(Answer)],
    };

    private static EventAnswer Answer(EventReply reply) =>
        new(reply.EventId, Word(reply.Result, Result.Rejected), Words.TryParse<Code>(reply.Code, out var code) ? code : null, reply.Message);

    private static T Word<T>(string? word, T unknown) where T : struct, Enum => Words.TryParse<T>(word, out var value) ? value : unknown;

    /// <param name="Date">The response's <c>Date</c> header; null if there is none.</param>
    private sealed record Reply<T>(T Value, DateTimeOffset? Date);
}
