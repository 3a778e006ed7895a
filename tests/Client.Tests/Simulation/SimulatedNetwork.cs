using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ExecutionGrains.Client.Tests.Simulation;

/// <summary>The network between the SDK and the tracker. By the seed it delays or loses requests, cuts connections, or answers by itself.</summary>
internal sealed class SimulatedNetwork(SimulatedRun run, SimulatedTracker tracker) : HttpMessageHandler
{
    private static readonly (HttpStatusCode Status, string Body, string Type)[] ProxyAnswers =
    [
        (HttpStatusCode.NotFound, "<html>404 page not found</html>", "text/html"),
        (HttpStatusCode.Forbidden, "<html>403</html>", "text/html"),
        (HttpStatusCode.Forbidden, """{"code":"forbidden"}""", "application/json"),
        (HttpStatusCode.Unauthorized, "", "text/plain"),
        (HttpStatusCode.BadRequest, "<html>400</html>", "text/html"),
        (HttpStatusCode.BadGateway, "<html>502 Bad Gateway</html>", "text/html"),
        (HttpStatusCode.ServiceUnavailable, "", "text/plain"),
        (HttpStatusCode.OK, "<html>sign in</html>", "text/html"),
        (HttpStatusCode.OK, "{}", "application/json"),
    ];

    public NetworkMode Mode { get; set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        run.Cross("request");
        var path = request.RequestUri!.AbsolutePath;
        var body = await request.Content!.ReadAsByteArrayAsync(CancellationToken.None).ConfigureAwait(false);
        using var json = JsonDocument.Parse(body);
        var fate = Draw(path, json.RootElement);
        run.Trace($"{path} {fate}: {Encoding.UTF8.GetString(body)}");
        await run.PassAsync(TimeSpan.FromMilliseconds(run.Random.Next(1, 50)), cancellationToken).ConfigureAwait(false);
        switch (fate)
        {
            case Fate.HangsBefore:
                return await run.HangAsync<HttpResponseMessage>(cancellationToken).ConfigureAwait(false);
            case Fate.Refused:
                throw new HttpRequestException("Connection refused");
            case Fate.Proxy:
                var (status, text, type) = ProxyAnswers[run.Random.Next(ProxyAnswers.Length)];
                return Response(status, text, type);
            case Fate.StoreAway:
                var refusal = Response(
                    HttpStatusCode.ServiceUnavailable,
                    """{"type":"urn:executiongrains:problem:store_unavailable","code":"store_unavailable"}""",
                    "application/problem+json");
                refusal.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(run.Random.Next(1, 3)));
                return refusal;
        }

        var answer = Handle(path, json.RootElement, fate == Fate.PartlyStored);
        run.Cross("answer");
        await run.PassAsync(TimeSpan.FromMilliseconds(run.Random.Next(1, 50)), cancellationToken).ConfigureAwait(false);
        return fate switch
        {
            Fate.HangsAfter => await run.HangAsync<HttpResponseMessage>(cancellationToken).ConfigureAwait(false),
            Fate.Cut => Response(HttpStatusCode.OK, answer[..(answer.Length / 2)], "application/json"),
            Fate.BrokenAfter => throw new HttpRequestException("The response ended prematurely"),
            Fate.BadGatewayAfter => Response(HttpStatusCode.BadGateway, "<html>502 Bad Gateway</html>", "text/html"),
            _ => Response(HttpStatusCode.OK, answer, "application/json"),
        };
    }

    private static HttpResponseMessage Response(HttpStatusCode status, string body, string type) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, type) };

    private string Handle(string path, JsonElement body, bool isPartly)
    {
        if (path == "/v1/executions")
        {
            return tracker.Create(body);
        }

        // /v1/executions/{id}/events
        return tracker.Report(path.Split('/')[3], body, () => isPartly && run.Random.Next(2) == 0);
    }

    private Fate Draw(string path, JsonElement body)
    {
        var isEvents = path.EndsWith("/events", StringComparison.Ordinal)
            && body.GetProperty("events").EnumerateArray().Any(sent => sent.GetProperty("type").GetString() != "heartbeat");
        return Mode switch
        {
            NetworkMode.Fine => isEvents && run.Random.Next(30) == 0 ? (run.Random.Next(2) == 0 ? Fate.HangsBefore : Fate.HangsAfter) : Fate.Passes,
            NetworkMode.Flaky => (Fate)run.Random.Next((int)Fate.Passes + 6) is var drawn && drawn > Fate.Passes ? Fate.Passes : drawn,
            NetworkMode.Away => Fate.Refused,
            NetworkMode.Hanging => Fate.HangsBefore,
            NetworkMode.Proxy => Fate.Proxy,
            _ => run.Random.Next(2) == 0 || !isEvents ? Fate.StoreAway : Fate.PartlyStored,
        };
    }

    private enum Fate
    {
        HangsBefore,
        HangsAfter,
        Refused,
        Proxy,
        StoreAway,
        PartlyStored,
        Cut,
        BrokenAfter,
        BadGatewayAfter,
        Passes,
    }
}
