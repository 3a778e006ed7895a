using System.Net;
using Xunit;

namespace ExecutionGrains.Client.Tests;

/// <summary>A proxy between the SDK and the tracker answers in the tracker's place.</summary>
public sealed class ProxyTests
{
    private const string Handle =
        """{"executionId":"e-1","result":"applied","status":"running","version":2,"epoch":3,"token":"t-1","leaseExpiresAt":"2026-11-21T03:01:00.000000Z"}""";
    private const string Answer =
        """{"executionId":"e-1","status":"running","version":7,"epoch":3,"results":["""
        + """{"eventId":null,"result":"applied","code":null,"message":null,"retryable":false}]}""";

    private static readonly ExecutionId Execution = new("e-1");
    private static readonly EventReport Beat = new(3, [new ExecutionEvent.Heartbeat()]);

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "<html>404 page not found</html>", "text/html")]
    [InlineData(HttpStatusCode.Forbidden, "", "text/plain")]
    [InlineData(HttpStatusCode.Forbidden, """{"code":"forbidden","message":"blocked by the firewall"}""", "application/json")]
    [InlineData(HttpStatusCode.Unauthorized, """{"code":401}""", "application/json")]
    [InlineData(HttpStatusCode.Unauthorized, """{"type":"about:blank","code":"unauthorized"}""", "application/problem+json")]
    [InlineData(HttpStatusCode.BadRequest, """{"code":"BadRequest"}""", "application/problem+json")]
    [InlineData(HttpStatusCode.BadGateway, "<html>", "text/html")]
    [InlineData(HttpStatusCode.RequestEntityTooLarge, "<html>", "text/html")]
    [InlineData(HttpStatusCode.Found, "", "text/html")]
    [InlineData(HttpStatusCode.NoContent, "", "text/html")]
    [InlineData(HttpStatusCode.OK, "", "application/json")]
    [InlineData(HttpStatusCode.OK, "<html>sign in</html>", "text/html")]
    [InlineData(HttpStatusCode.OK, "{}", "application/json")]
    [InlineData(HttpStatusCode.OK, "[]", "application/json")]
    [InlineData(HttpStatusCode.OK, "null", "application/json")]
    [InlineData(HttpStatusCode.OK, """{"executionId":"e-1","status":"running","version":7,"epoch":3,"results":[{"eve""", "application/json")]
    [InlineData(HttpStatusCode.OK, """{"executionId":"e-2","result":"applied","status":"running","version":2,"epoch":3,"results":[]}""", "application/json")]
    [InlineData(HttpStatusCode.TooManyRequests, """{"type":"urn:executiongrains:problem:rate_limited","code":"rate_limited"}""", "application/problem+json")]
    [InlineData(HttpStatusCode.TooManyRequests, """{"type":"urn:executiongrains:problem:overloaded","code":"overloaded"}""", "application/problem+json")]
    [InlineData(
        HttpStatusCode.RequestTimeout, """{"type":"urn:executiongrains:problem:request_timeout","code":"request_timeout"}""", "application/problem+json")]
    [InlineData(
        HttpStatusCode.ServiceUnavailable,
        """{"type":"urn:executiongrains:problem:store_unavailable","code":"store_unavailable"}""",
        "application/problem+json")]
    public async Task D71_A_refusal_that_is_not_the_trackers_final_answer_is_retried(HttpStatusCode status, string body, string type)
    {
        using var transport = new HttpTransport(new("https://tracker"), "eg_key", new AnsweringHandler((status, body)) { MediaType = type });
        Assert.True((await Assert.ThrowsAsync<TrackerException>(() => transport.ReportAsync(Execution, Beat, "t-1", default))).Transient);
        Assert.True(
            (await Assert.ThrowsAsync<TrackerException>(() => transport.CreateAsync(Execution, new() { Facts = new() { Workflow = "w" } }, default)))
                .Transient);
        Assert.True((await Assert.ThrowsAsync<TrackerException>(() => transport.ClaimAsync(Execution, new("w", null), default))).Transient);
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "forbidden")]
    [InlineData(HttpStatusCode.Conflict, "already_claimed")]
    [InlineData(HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData(HttpStatusCode.Conflict, "a_word_of_a_newer_tracker")]
    public async Task D71_A_refusal_by_the_tracker_itself_is_final(HttpStatusCode status, string code)
    {
        var body = $$"""{"type":"urn:executiongrains:problem:{{code}}","code":"{{code}}","detail":"why"}""";
        using var transport = new HttpTransport(new("https://tracker"), "eg_key", new AnsweringHandler((status, body)));
        var refusal = await Assert.ThrowsAsync<TrackerException>(() => transport.ReportAsync(Execution, Beat, null, default));
        Assert.Equal((false, code), (refusal.Transient, refusal.Code));
    }

    [Fact]
    public async Task D71_After_a_proxys_401_the_key_is_not_sent()
    {
        var handler = new AnsweringHandler((HttpStatusCode.Unauthorized, "<html>"));
        using var transport = new HttpTransport(new("https://tracker"), "eg_key", handler);
        await Assert.ThrowsAsync<TrackerException>(() => transport.ReportAsync(Execution, Beat, "t-1", default));
        Assert.Equal("t-1", Assert.Single(handler.Requests).Credential);
    }

    [Fact]
    public async Task D71_While_a_proxy_answers_in_the_trackers_place_nothing_is_lost()
    {
        var world = new World();
        var away = true;
        world.Transport.OnReport = report =>
            away ? throw new TrackerException("404 Not Found") { Status = 404, Transient = true } : Task.FromResult(ScriptedTransport.Applied(report));
        await using var execution = await world.StartAsync();
        var step = await execution.BeginStepAsync("extract");
        await step.CompleteAsync();
        var end = execution.CompleteAsync(new { rows = 1 });
        world.Clock.Advance(TimeSpan.FromSeconds(3));
        away = false;
        world.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(Result.Applied, (await end).Result);
        Assert.NotNull(world.Transport.End.Output);
        Assert.Equal(0, world.Tracker.Counters.Abandoned);
    }

    [Theory]
    [InlineData("http://tracker.example:5080")]
    [InlineData("http://10.0.0.7")]
    [InlineData("http://[fd00::1]:5080")]
    [InlineData("HTTP://user:secret@tracker")]
    public void D51_A_key_does_not_go_unencrypted_to_another_machine(string address)
    {
        Assert.DoesNotContain(
            "secret", Assert.Throws<ArgumentException>(() => new HttpTransport(new Uri(address), "eg_key")).Message, StringComparison.Ordinal);
        using var allowed = new HttpTransport(new() { Address = new(address), ApiKey = _ => new("eg_key"), AllowInsecure = true });
    }

    [Theory]
    [InlineData("http://localhost:5080")]
    [InlineData("http://127.0.0.2")]
    [InlineData("http://[::1]:5080")]
    [InlineData("https://tracker.example")]
    public void D51_A_key_is_sent_on_this_machine_and_over_https(string address) => new HttpTransport(new(address), "eg_key").Dispose();

    [Theory]
    [InlineData("ftp://tracker")]
    [InlineData("tracker/relative")]
    public void An_invalid_address_is_refused_at_once(string address) =>
        Assert.Throws<ArgumentException>(() => new HttpTransport(new(address, UriKind.RelativeOrAbsolute), "eg_key"));

    [Theory]
    [InlineData("eg_key\n")]
    [InlineData("eg key")]
    [InlineData("eg_\u00e4")]
    public void An_impossible_key_is_refused_at_once(string key) => Assert.Throws<ArgumentException>(() => new HttpTransport(new("https://tracker"), key));

    [Fact]
    public async Task D75_A_rotated_key_is_read_again_and_used_at_once()
    {
        var refused = """{"type":"urn:executiongrains:problem:unauthorized","code":"unauthorized"}""";
        var handler = new AnsweringHandler((HttpStatusCode.Unauthorized, refused), (HttpStatusCode.OK, Answer));
        using var client = new HttpClient(handler);
        var keys = new Queue<string>(["eg_old", "eg_new"]);
        using var transport = new HttpTransport(new() { Address = new("https://tracker"), ApiKey = _ => new(keys.Dequeue()), Client = client });
        await transport.ReportAsync(Execution, Beat, null, default);
        Assert.Equal(["eg_old", "eg_new"], handler.Requests.Select(request => request.Credential));
    }

    [Fact]
    public async Task D75_A_key_that_is_refused_before_its_successor_is_available_is_retried()
    {
        var refused = """{"type":"urn:executiongrains:problem:unauthorized","code":"unauthorized"}""";
        using var client = new HttpClient(new AnsweringHandler((HttpStatusCode.Unauthorized, refused)));
        using var transport = new HttpTransport(new() { Address = new("https://tracker"), ApiKey = _ => new("eg_old"), Client = client });
        Assert.True((await Assert.ThrowsAsync<TrackerException>(() => transport.ReportAsync(Execution, Beat, null, default))).Transient);
        using var vaultAway = new HttpTransport(
            new() { Address = new("https://tracker"), ApiKey = _ => throw new IOException("the vault is away"), Client = client });
        Assert.True((await Assert.ThrowsAsync<TrackerException>(() => vaultAway.ReportAsync(Execution, Beat, null, default))).Transient);
    }

    [Fact]
    public async Task D82_A_lease_is_measured_on_the_trackers_clock()
    {
        var date = new DateTimeOffset(2026, 11, 21, 3, 0, 57, TimeSpan.Zero);
        using var transport = new HttpTransport(new("https://tracker"), "eg_key", new AnsweringHandler((HttpStatusCode.OK, Handle)) { Date = date });
        Assert.Equal(TimeSpan.FromSeconds(2), (await transport.ClaimAsync(Execution, new("w", null), default)).Lease);
    }

    [Fact]
    public async Task D76_A_serialization_failure_is_the_sdks_own_and_is_never_retried()
    {
        using var transport = new HttpTransport(new("https://tracker"), "eg_key", new AnsweringHandler((HttpStatusCode.OK, Answer)));
        var report = new EventReport(1, [new ExecutionEvent.ExecutionCompleted { EventId = "1", Outcome = Outcome.Success, Output = "{broken"u8.ToArray() }]);
        Assert.False((await Assert.ThrowsAsync<TrackerException>(() => transport.ReportAsync(Execution, report, null, default))).Transient);
    }
}
