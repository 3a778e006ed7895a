using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ExecutionGrains.Client.Http;

namespace ExecutionGrains.Client;

/// <summary>Reports over the HTTP API, v1. Safe to use from several threads; connections are shared.</summary>
public sealed class HttpTransport : ITransport, IDisposable
{
    private readonly HttpClient http;
    private readonly string apiKey;

    /// <param name="address">Where the tracker is; a path in it is kept.</param>
    /// <param name="apiKey">A key with the role <c>executor</c> or <c>admin</c>.</param>
    /// <param name="handler">What sends the requests. Default: sockets, with connections renewed every 5 min.</param>
    public HttpTransport(Uri address, string apiKey, HttpMessageHandler? handler = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentException.ThrowIfNullOrEmpty(apiKey);
        this.apiKey = apiKey;
        http = new HttpClient(handler ?? new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            BaseAddress = new Uri(address.AbsoluteUri.TrimEnd('/') + "/"),
            // Attempts are timed by whoever calls.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public async Task<ExecutionGrant> CreateAsync(ExecutionId execution, CreateExecution create, CancellationToken cancellationToken) =>
        Grant(await PostAsync("v1/executions", RequestWriter.Create(execution, create), apiKey, ReplyJson.Default.GrantReply, cancellationToken).ConfigureAwait(false));

    public async Task<ExecutionGrant> ClaimAsync(ExecutionId execution, Worker worker, CancellationToken cancellationToken) =>
        Grant(await PostAsync($"v1/executions/{execution.Value}/claim", RequestWriter.Claim(worker), apiKey, ReplyJson.Default.GrantReply, cancellationToken).ConfigureAwait(false));

    public async Task<ReportReply> ReportAsync(ExecutionId execution, EventReport report, string? token, CancellationToken cancellationToken)
    {
        var path = $"v1/executions/{execution.Value}/events";
        var body = RequestWriter.Report(report);
        EventsReply reply;
        try
        {
            reply = await PostAsync(path, body, token ?? apiKey, ReplyJson.Default.EventsReply, cancellationToken).ConfigureAwait(false);
        }
        catch (TrackerException e) when (e.Status == 401 && token is not null)
        {
            // The run token is past its life, or its signing key was rotated: the epoch in the report fences just as well.
            reply = await PostAsync(path, body, apiKey, ReplyJson.Default.EventsReply, cancellationToken).ConfigureAwait(false);
        }

        return new ReportReply(Answer(reply), reply.Token);
    }

    public void Dispose() => http.Dispose();

    private async Task<T> PostAsync<T>(string path, ReadOnlyMemory<byte> body, string credential, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var content = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw Refusal(response, content);
            }

            return JsonSerializer.Deserialize(content, type) ?? throw new JsonException("an empty answer");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            throw new TrackerException($"{http.BaseAddress}{path}: {e.Message}", e) { Transient = true };
        }
    }

    private static TrackerException Refusal(HttpResponseMessage response, byte[] content)
    {
        ProblemReply? problem = null;
        try
        {
            problem = JsonSerializer.Deserialize(content, ReplyJson.Default.ProblemReply);
        }
        catch (JsonException)
        {
            // Not from the tracker: a proxy on the way.
        }

        var status = (int)response.StatusCode;
        return new TrackerException($"{status} {problem?.Code}: {problem?.Detail ?? problem?.Title ?? response.ReasonPhrase}")
        {
            Status = status,
            Code = problem?.Code,
            Transient = status >= 500 || response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout,
            RetryAfter = response.Headers.RetryAfter?.Delta ?? (response.Headers.RetryAfter?.Date - response.Headers.Date),
        };
    }

    private static ExecutionGrant Grant(GrantReply reply) => new()
    {
        Result = Word(reply.Result, Result.Applied),
        Status = Word(reply.Status, ExecutionStatus.Running),
        Version = reply.Version,
        Epoch = reply.Epoch,
        LeaseExpiresAt = reply.LeaseExpiresAt,
        Token = reply.Token,
    };

    private static ReportAnswer Answer(EventsReply reply) => new()
    {
        Status = Word(reply.Status, ExecutionStatus.Running),
        Version = reply.Version,
        Epoch = reply.Epoch,
        LeaseExpiresAt = reply.LeaseExpiresAt,
        Control = reply.Control is { } control ? new Control(control.CancelRequested, control.CancelReason, control.Stop) : new Control(false, null, false),
        Results = [.. (reply.Results ?? []).Select(one => new EventAnswer(one.EventId, Word(one.Result, Result.Rejected), Words.TryParse<Code>(one.Code, out var code) ? code : null, one.Message))],
    };

    private static T Word<T>(string? word, T unknown) where T : struct, Enum => Words.TryParse<T>(word, out var value) ? value : unknown;
}
