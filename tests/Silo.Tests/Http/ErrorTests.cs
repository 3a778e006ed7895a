using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

public sealed class ErrorTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private const int LargestBody = 4 * 1024 * 1024;

    [Theory]
    [InlineData("GET", "/v1/nothing")]
    [InlineData("POST", "/v2/executions")]
    [InlineData("GET", "/v1/executions/a/b/c")]
    [InlineData("GET", "/v1/executions/a%2Fb/steps/x")]
    public async Task An_unmatched_route_is_not_found(string method, string path) =>
        (await silo.Send(new HttpMethod(method), path, null, SiloFixture.AdminKey)).IsProblem(404, "not_found");

    [Theory]
    [InlineData("PUT", "/v1/executions")]
    [InlineData("GET", "/v1/events")]
    [InlineData("PATCH", "/v1/executions/x")]
    [InlineData("PATCH", "/v1/keys")]
    [InlineData("GET", "/v1/executions/x/cancel")]
    public async Task A_wrong_method_is_not_allowed(string method, string path)
    {
        var got = await silo.Send(new HttpMethod(method), path, null, SiloFixture.AdminKey);

        got.IsProblem(405, "method_not_allowed");
        Assert.NotEmpty(got.Response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("/v1/executions", "text/plain")]
    [InlineData("/v1/executions", "application/x-ndjson")]
    [InlineData("/v1/executions/x/events", "application/xml")]
    [InlineData("/v1/executions/x/claim", "application/x-www-form-urlencoded")]
    [InlineData("/v1/events", "text/csv")]
    [InlineData("/v1/keys", "text/plain")]
    public async Task D18_Another_content_type_is_unsupported_and_the_accepted_types_are_named(string path, string type)
    {
        var got = (await silo.PostBytes(path, "{}"u8.ToArray(), type)).IsProblem(415, "unsupported_media_type");

        Assert.Contains("application/json", got.String("detail"), StringComparison.Ordinal);
        Assert.StartsWith("application/json", got.Response.Headers.GetValues("Accept").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cancel", "text/plain", "{}")]
    [InlineData("requeue", "application/octet-stream", """{"reason":"r"}""")]
    [InlineData("resolve", "application/x-www-form-urlencoded", """{"resolution":"RECOVERED"}""")]
    public async Task An_operation_accepts_any_content_type(string operation, string type, string body) =>
        (await silo.PostBytes($"/v1/executions/nobody/{operation}", System.Text.Encoding.UTF8.GetBytes(body), type)).IsProblem(404, "unknown_execution");

    [Fact]
    public async Task A_charset_does_not_change_the_content_type() =>
        (await silo.PostBytes("/v1/executions", """{"workflow":"w"}"""u8.ToArray(), "application/json; charset=utf-8")).Is(201);

    [Fact]
    public async Task An_operation_without_a_body_is_accepted()
    {
        var id = await silo.Pending();

        (await silo.Send(HttpMethod.Post, $"/v1/executions/{id}/cancel", null, SiloFixture.AdminKey)).Is(200);
    }

    [Theory]
    [InlineData("/v1/executions")]
    [InlineData("/v1/executions/x/events")]
    [InlineData("/v1/events")]
    [InlineData("/v1/executions/x/claim")]
    [InlineData("/v1/executions/x/cancel")]
    [InlineData("/v1/keys")]
    public async Task A_body_over_4_MiB_is_too_large_whatever_it_contains(string path)
    {
        var garbage = new byte[LargestBody + 1];
        Array.Fill(garbage, (byte)0xFF);

        (await silo.PostBytes(path, garbage)).IsProblem(413, "request_too_large");
        (await silo.Get("/health/live")).Is(200);
    }

    [Fact]
    public async Task A_body_without_a_length_over_4_MiB_is_too_large()
    {
        using var content = new StreamContent(new Unsized(new byte[LargestBody + 1]));
        content.Headers.ContentType = new("application/json");

        var got = await silo.Send(HttpMethod.Post, "/v1/executions/x/events", content, SiloFixture.AdminKey);

        got.IsProblem(413, "request_too_large");
    }

    [Fact]
    public async Task A_body_of_40_MiB_is_too_large()
    {
        using var content = new ByteArrayContent(new byte[40 * 1024 * 1024]);
        content.Headers.ContentType = new("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events") { Content = content };

        (await silo.Send(HttpMethod.Post, "/v1/events", content, SiloFixture.AdminKey, ("Expect", "100-continue"))).IsProblem(413, "request_too_large");
    }

    [Fact]
    public async Task A_body_of_exactly_4_MiB_is_accepted()
    {
        var body = new byte[LargestBody];
        Array.Fill(body, (byte)' ');
        """{"events":[]}"""u8.CopyTo(body);

        (await silo.PostBytes("/v1/executions/nobody/events", body)).IsProblem(404, "unknown_execution");
    }

    [Fact]
    public async Task S21_a_body_that_is_not_UTF8_is_malformed()
    {
        byte[] body = [.. "{\"workflow\":\""u8, 0xC3, 0x28, .. "\"}"u8];

        (await silo.PostBytes("/v1/executions", body)).IsProblem(400, "malformed");
        (await silo.PostBytes("/v1/executions", Encoding.Unicode.GetBytes("{\"workflow\":\"w\"}"))).IsProblem(400, "malformed");
    }

    [Theory]
    [InlineData("/v1/executions")]
    [InlineData("/v1/executions/x/claim")]
    [InlineData("/v1/executions/x/cancel")]
    [InlineData("/v1/executions/x/events")]
    [InlineData("/v1/keys")]
    public async Task S21_a_body_deeper_than_64_is_malformed(string path)
    {
        foreach (var depth in new[] { 65, 1_000, 100_000 })
        {
            var body = new string('[', depth) + new string(']', depth);
            (await silo.Post(path, body)).IsProblem(400, "malformed");
        }
    }

    [Fact]
    public async Task A_depth_of_64_is_accepted_and_returned()
    {
        var (id, _) = await silo.Running();
        var output = new string('[', 61) + new string(']', 61);

        var got = await silo.Report(id, $$"""{"eventId":"e","type":"execution.completed","outcome":"success","output":{{output}}}""");

        Got.Same(["applied"], got.Is(200).Words("results", "result"));
        Assert.Equal(output, (await silo.Get($"/v1/executions/{id}")).Is(200)["output"].GetRawText());
    }

    [Theory]
    [InlineData("/v1/executions")]
    [InlineData("/v1/executions/x/claim")]
    [InlineData("/v1/executions/x/resolve")]
    [InlineData("/v1/keys")]
    public async Task A_body_that_is_not_JSON_is_malformed_and_one_that_is_not_an_object_is_invalid(string path)
    {
        (await silo.Post(path, "{")).IsProblem(400, "malformed");
        (await silo.Post(path, "")).IsProblem(400, "malformed");
        (await silo.Post(path, "{'a':1}")).IsProblem(400, "malformed");
        (await silo.Post(path, "[]")).IsProblem(400, "invalid_request");
        (await silo.Post(path, "7")).IsProblem(400, "invalid_request");
    }

    [Fact]
    public async Task S21_names_of_1_MB_are_refused_and_other_callers_are_served()
    {
        var (id, _) = await silo.Running();
        var name = new string('n', 1_000_000);

        (await silo.Post("/v1/executions", $$"""{"workflow":"{{name}}"}""")).IsProblem(400, "invalid_request", "/workflow");
        (await silo.Post("/v1/executions", $$"""{"workflow":"w","executionId":"{{name}}"}""")).IsProblem(400, "invalid_request", "/executionId");
        var got = await silo.Report(id, $$"""
            {"eventId":"{{name}}","type":"log","message":"m"},
            {"eventId":"b","type":"step.started","stepId":"{{name}}","block":"x"},
            {"eventId":"c","type":"{{name}}"},
            {"eventId":"d","type":"log","message":"fine"}
            """);
        Got.Same(["invalid_event", "invalid_event", "unknown_type", null], got.Is(200).Words("results", "code"));
        (await silo.Get($"/v1/executions/{id}")).Is(200);
    }

    [Theory]
    [InlineData("/v1/executions/%E0%A4%A/steps")]
    [InlineData("/v1/executions/%ff")]
    [InlineData("/v1/executions/%20")]
    [InlineData("/v1/executions/a%0ab")]
    [InlineData("/v1/executions/a,b/history")]
    [InlineData("/v1/executions/%2e%2e/steps")]
    public async Task S21_a_path_without_a_valid_execution_id_gets_a_clear_answer(string path)
    {
        var got = await silo.Get(path);

        Assert.InRange(got.Status, 400, 404);
        got.IsProblem(got.Status, got.String("code")!);
    }

    [Fact]
    public async Task S21_a_name_in_a_query_may_not_contain_NUL() =>
        (await silo.Get("/v1/executions?workflow=a%00b")).IsProblem(400, "invalid_parameter", "/workflow");

    [Theory]
    [InlineData("-0001-01-01T00:00:00Z")]
    [InlineData("-2026-11-21T03:00:00Z")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("9999-12-31T23:59:59.999999Z")]
    [InlineData("99999-01-01T00:00:00Z")]
    [InlineData("2026-13-45T99:99:99Z")]
    [InlineData("2026-11-21T03:00:00")]
    [InlineData("-62135596800")]
    public async Task S21_an_invalid_time_is_named_wherever_it_is_given(string time)
    {
        var (id, _) = await silo.Running();

        (await silo.Get($"/v1/executions?startedAfter={Uri.EscapeDataString(time)}")).IsProblem(400, "invalid_parameter", "/startedAfter");
        (await silo.Get($"/v1/executions?startedBefore={Uri.EscapeDataString(time)}")).IsProblem(400, "invalid_parameter", "/startedBefore");
        (await silo.Post("/v1/keys", $$"""{"name":"n","role":"viewer","expiresAt":"{{time}}"}""")).IsProblem(400, "invalid_request", "/expiresAt");
        (await silo.Post("/v1/executions", $$$"""{"workflow":"w","start":{"workerId":"w","at":"{{{time}}}"}}"""))
            .IsProblem(400, "invalid_request", "/start/at");
        var got = await silo.Report(id, $$"""
            {"eventId":"1","type":"log","message":"m","at":"{{time}}"},
            {"eventId":"2","type":"log","message":"fine"}
            """);
        Got.Same(["invalid_event", null], got.Is(200).Words("results", "code"));
    }

    [Theory]
    [InlineData("/openapi/v2.json")]
    [InlineData("/openapi/v1.yaml")]
    [InlineData("/dashboard.html")]
    [InlineData("/signin/x")]
    [InlineData("/v1")]
    [InlineData("/health")]
    public async Task An_unknown_path_is_a_problem_also_outside_the_API(string path) =>
        (await silo.Get(path, key: null)).IsProblem(404, "not_found");

    [Theory]
    [InlineData("GET", "/signin")]
    [InlineData("POST", "/")]
    [InlineData("DELETE", "/health/live")]
    [InlineData("POST", "/openapi/v1.json")]
    public async Task A_wrong_method_is_a_problem_also_outside_the_API(string method, string path) =>
        (await silo.Send(new HttpMethod(method), path, null, SiloFixture.AdminKey)).IsProblem(405, "method_not_allowed");

    [Fact]
    public async Task Without_a_credential_nothing_is_disclosed()
    {
        var got = await silo.Get("/v1/executions", key: null);

        got.IsProblem(401, "unauthorized");
        Assert.Equal("Bearer", got.Response.Headers.WwwAuthenticate.ToString());
        (await silo.Get("/v1/executions", "eg_wrong")).IsProblem(401, "unauthorized");
        (await silo.Post("/v1/executions", "not json", key: null)).IsProblem(401, "unauthorized");
        (await silo.Get("/v1/executions", SiloFixture.AdminKey.ToUpperInvariant())).IsProblem(401, "unauthorized");
    }

    [Fact]
    public async Task Another_scheme_is_unauthorized() =>
        (await silo.Send(HttpMethod.Get, "/v1/executions", null, null, ("Authorization", "Basic eDp5"))).IsProblem(401, "unauthorized");

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_is_open(string path) => (await silo.Get(path, key: null)).Is(200);

    [Theory]
    [InlineData("/v1/executions/{0}", "invalid_request")]
    [InlineData("/v1/executions/{0}/steps", "invalid_request")]
    [InlineData("/v1/executions?status={0}", "invalid_parameter")]
    [InlineData("/v1/executions?cursor={0}", "invalid_parameter")]
    [InlineData("/v1/{0}", "not_found")]
    public async Task S21_a_name_of_30_KB_in_an_address_gets_a_clear_answer(string path, string code)
    {
        var got = await silo.Get(string.Format(System.Globalization.CultureInfo.InvariantCulture, path, new string('n', 30_000)));

        got.IsProblem(got.Status, code);
        Assert.InRange(got.Text.Length, 1, 2_000);
    }

    [Fact]
    public async Task S21_a_credential_of_30_KB_gets_a_clear_answer() =>
        (await silo.Get("/v1/executions", new string('k', 30_000))).IsProblem(401, "unauthorized");

    [Fact]
    public async Task S21_filters_of_30_KB_match_nothing() =>
        Assert.Empty((await silo.Get($"/v1/executions?q={new string('n', 30_000)}")).Is(200).Items);

    [Fact]
    public async Task D32_any_request_head_over_32_KiB_gets_a_clear_answer()
    {
        var filters = string.Join('&', Enumerable.Range(0, 3_000).Select(i => $"label=k{i}:v"));
        (await silo.Get($"/v1/executions?{filters}")).IsProblem(413, "request_too_large");
        (await silo.Get($"/v1/executions/{new string('n', 33_000)}", key: null)).IsProblem(413, "request_too_large");
        (await silo.Get("/v1/executions", new string('k', 33_000))).IsProblem(413, "request_too_large");
        (await silo.Send(HttpMethod.Get, "/health/live", null, null, ("X-Long", new string('h', 33_000)))).IsProblem(413, "request_too_large");

        Assert.Matches("^HTTP/1.1 (414|431) ", await Raw($"GET /{new string('n', 70_000)} HTTP/1.1\r\nHost: a\r\n\r\n"));
        (await silo.Get("/health/live")).Is(200);
    }

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFF")]
    [InlineData("7FFFFFFFFFFFFFFF")]
    [InlineData("FFFFFFFF")]
    [InlineData("-1")]
    public async Task D48_a_chunk_whose_size_overflows_is_malformed(string size)
    {
        var answer = await RawChunks($"{size}\r\n{{}}\r\n0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"malformed\"", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X: a\0b\r\n")]
    [InlineData("X: \u00ff\r\n")]
    [InlineData("no colon\r\n")]
    [InlineData(": no name\r\n")]
    public async Task D48_trailers_that_cannot_be_read_are_malformed(string trailers)
    {
        var answer = await RawChunks($"2\r\n{{}}\r\n0\r\n{trailers}\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"malformed\"", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/executions", "", "HTTP/1.1 401 ")]
    [InlineData("/v1/events", "Authorization: Bearer eg_wrong\r\n", "HTTP/1.1 401 ")]
    [InlineData("/signin", "Content-Type: application/x-www-form-urlencoded\r\n", "HTTP/1.1 413 ")]
    public async Task D33_no_body_is_read_before_authentication(string path, string header, string answer)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, silo.Address.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4194304\r\n{header}\r\n"));
        var first = new byte[answer.Length];
        await stream.ReadExactlyAsync(first, TestContext.Current.CancellationToken);

        Assert.Equal(answer, Encoding.ASCII.GetString(first));
    }

    [Theory]
    [InlineData("GET", "/v1/executions", SiloFixture.AdminKey)]
    [InlineData("GET", "/v1/executions", null)]
    [InlineData("POST", "/v1/executions", SiloFixture.AdminKey)]
    [InlineData("DELETE", "/v1/keys/none", SiloFixture.AdminKey)]
    [InlineData("GET", "/openapi/v1.json", null)]
    [InlineData("GET", "/health/live", null)]
    [InlineData("GET", "/nowhere", null)]
    [InlineData("GET", "/", null)]
    [InlineData("POST", "/signout", null)]
    public async Task D46_every_answer_has_security_and_caching_headers(string method, string path, string? key)
    {
        var headers = (await silo.Send(new HttpMethod(method), path, null, key)).Response.Headers;

        Assert.Equal("nosniff", headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", headers.GetValues("Referrer-Policy").Single());
        Assert.Contains("default-src 'none'", headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.NotNull(headers.CacheControl);
        Assert.True(headers.CacheControl.NoStore || headers.CacheControl.NoCache);
    }

    [Fact]
    public async Task A_body_in_broken_chunks_is_malformed()
    {
        var answer = await RawChunks("5\r\n{\"a\":\r\nZZ\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"malformed\"", answer, StringComparison.Ordinal);
    }

    /// <summary>Requests that the server refuses before parsing: a bare status and a closed connection, while other connections are served.</summary>
    [Theory]
    [InlineData("\0\u0001garbage\r\n\r\n", 400)]
    [InlineData("GET /v1/executions HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400)]
    [InlineData("GET /v1/executions HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400)]
    [InlineData("GET /v1/executions HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /v1/executions HTTP/9.9\r\nHost: a\r\n\r\n", 505)]
    [InlineData("GET /v1/executions/%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    public async Task S21_bytes_that_are_not_HTTP_do_not_stop_the_silo(string request, int status)
    {
        Assert.StartsWith($"HTTP/1.1 {status} ", await Raw(request), StringComparison.Ordinal);

        (await silo.Get("/health/live")).Is(200);
    }

    /// <summary>A create call whose body is sent unchanged in these chunks.</summary>
    private Task<string> RawChunks(string chunks) => Raw($"""
        POST /v1/executions HTTP/1.1
        Host: localhost
        Connection: close
        Authorization: Bearer {SiloFixture.AdminKey}
        Content-Type: application/json
        Transfer-Encoding: chunked


        """.ReplaceLineEndings("\r\n") + chunks);

    private async Task<string> Raw(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, silo.Address.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    /// <summary>A stream without a length, so that it is sent in chunks.</summary>
    private sealed class Unsized(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
