using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>Encodings, methods, tags and query parameters of requests and answers.</summary>
public sealed class RequestShapeTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private static readonly byte[] Create = """{"workflow":"w"}"""u8.ToArray();

    [Fact]
    public async Task D11_A_body_that_arrives_too_slowly_is_a_request_timeout()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", silo.Address.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/executions HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {SiloFixture.AdminKey}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: 3000\r\n\r\n{{\"a\":"));
        using var reader = new StreamReader(stream);

        var answer = await reader.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"request_timeout\"", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData("br")]
    [InlineData("identity")]
    public async Task D12_A_compressed_body_is_decompressed(string encoding) =>
        (await Post("/v1/executions", Encoded(Create, encoding), encoding)).Is(201);

    [Theory]
    [InlineData("nonsense")]
    [InlineData("deflate")]
    [InlineData("gzip, br")]
    [InlineData("zstd")]
    public async Task D12_Another_encoding_is_unsupported(string encoding)
    {
        var got = (await Post("/v1/executions", Create, encoding)).IsProblem(415, "unsupported_media_type");

        Assert.Equal("gzip, br", string.Join(", ", got.Response.Headers.GetValues("Accept-Encoding")));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task D12_The_size_limit_counts_decompressed_bytes(string encoding)
    {
        var large = new byte[(4 * 1024 * 1024) + 1];
        Array.Fill(large, (byte)' ');

        (await Post("/v1/events", Encoded(large, encoding), encoding)).IsProblem(413, "request_too_large");
        "[]"u8.CopyTo(large);
        Assert.Empty((await Post("/v1/events", Encoded(large[..^1], encoding), encoding)).Is(200).Results);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task D12_A_body_that_cannot_be_decompressed_is_malformed(string encoding)
    {
        (await Post("/v1/executions", Create, encoding)).IsProblem(400, "malformed");
        (await Post("/v1/executions", Encoded(new byte[10_000], encoding)[..^5], encoding)).IsProblem(400, "malformed");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task An_answer_is_compressed_on_request(string encoding)
    {
        var got = await silo.Send(HttpMethod.Get, "/v1/cluster", null, SiloFixture.AdminKey, ("Accept-Encoding", encoding));

        Assert.Equal(encoding, Assert.Single(got.Is(200).Response.Content.Headers.ContentEncoding));
        Assert.Contains("Accept-Encoding", got.Response.Headers.Vary);
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/v1/executions")]
    [InlineData("/v1/cluster")]
    [InlineData("/v1/stats")]
    [InlineData("/v1/keys")]
    [InlineData("/v1/audit")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/")]
    [InlineData("/dashboard.css")]
    [InlineData("/v1/executions/nobody", 404)]
    [InlineData("/v1/nothing", 404)]
    [InlineData("/v1/events", 405)]
    public async Task D13_HEAD_is_GET_without_a_body(string path, int status = 200)
    {
        var got = (await silo.Send(HttpMethod.Head, path, null, SiloFixture.AdminKey)).Is(status);

        Assert.Empty(got.Text);
        Assert.Equal((await silo.Get(path)).Response.Content.Headers.ContentType, got.Response.Content.Headers.ContentType);
    }

    [Fact]
    public async Task D13_A_refusal_names_HEAD_among_the_methods()
    {
        var got = (await silo.Send(HttpMethod.Put, "/v1/executions", null, SiloFixture.AdminKey)).IsProblem(405, "method_not_allowed");

        Assert.Equivalent(new[] { "GET", "HEAD", "POST" }, got.Response.Content.Headers.Allow);
    }

    [Fact]
    public async Task D13_HEAD_needs_a_key_as_GET_does() =>
        (await silo.Send(HttpMethod.Head, "/v1/executions", null, null)).Is(401);

    [Fact]
    public async Task D14_Figures_say_since_when_they_count()
    {
        var before = DateTimeOffset.UtcNow;

        var stats = (await silo.Get("/v1/stats?window=1m")).Is(200);

        Got.IsTime(stats["since"]);
        var since = stats["since"].GetDateTimeOffset();
        Assert.Equal(0, since.Second);
        Assert.InRange(since, before.AddMinutes(-2.1), before.AddMinutes(-0.9));
    }

    [Theory]
    [InlineData("/v1/executions?workflw=x", "workflw", "workflow")]
    [InlineData("/v1/executions?Stauts=running", "Stauts", "status")]
    [InlineData("/v1/executions?startedafer=2026-11-21T03:00:00Z", "startedafer", "startedAfter")]
    [InlineData("/v1/executions/nobody/logs?levl=info", "levl", "level")]
    [InlineData("/v1/executions/nobody/steps?limt=5", "limt", "limit")]
    [InlineData("/v1/executions/nobody/history?page=5", "page", null)]
    [InlineData("/v1/executions/nobody?limit=5", "limit", null)]
    [InlineData("/v1/stats?windows=1h", "windows", "window")]
    [InlineData("/v1/cluster?x=1", "x", null)]
    [InlineData("/v1/keys?limit=1", "limit", null)]
    [InlineData("/v1/audit?limits=1", "limits", "limit")]
    [InlineData("/health/live?verbose=1", "verbose", null)]
    [InlineData("/health/ready?verbose=1", "verbose", null)]
    [InlineData("/openapi/v1.json?pretty=1", "pretty", null)]
    public async Task D15_An_unknown_query_parameter_is_named_with_the_nearest_known_one(string path, string name, string? nearest)
    {
        var got = (await silo.Get(path)).IsProblem(400, "invalid_parameter", $"/{name}");

        Assert.Contains(name, got.String("detail"), StringComparison.Ordinal);
        Assert.Contains(nearest ?? "", got.String("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/executions")]
    [InlineData("/v1/executions/nobody/claim")]
    [InlineData("/v1/executions/nobody/events")]
    [InlineData("/v1/executions/nobody/cancel")]
    [InlineData("/v1/events")]
    [InlineData("/v1/janitor/pause")]
    [InlineData("/v1/keys")]
    public async Task D15_A_call_that_takes_no_query_parameter_refuses_any(string path) =>
        (await silo.Post($"{path}?dryRun=true", "{}")).IsProblem(400, "invalid_parameter", "/dryRun");

    [Fact]
    public async Task D15_Parameter_names_are_case_insensitive() =>
        (await silo.Get("/v1/executions?Limit=1&STATUS=running")).Is(200);

    [Theory]
    [InlineData("label", "k{0}:v", 32)]
    [InlineData("hasLabel", "k{0}", 32)]
    [InlineData("workflow", "w{0}", 64)]
    [InlineData("status", "running", 64)]
    [InlineData("worker", "w{0}", 64)]
    [InlineData("parent", "p{0}", 64)]
    public async Task D32_A_filter_has_a_limited_number_of_values(string name, string value, int most)
    {
        var values = Enumerable.Range(0, most + 1)
            .Select(i => $"{name}={string.Format(System.Globalization.CultureInfo.InvariantCulture, value, i)}").ToArray();

        (await silo.Get($"/v1/executions?{string.Join('&', values)}")).IsProblem(400, "invalid_parameter", $"/{name}");
        (await silo.Get($"/v1/executions?{string.Join('&', values[1..])}")).Is(200);
    }

    [Theory]
    [InlineData("/v1/executions/{0}")]
    [InlineData("/v1/executions/{0}/history")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/health/live")]
    public async Task A_GET_with_a_matching_ETag_is_not_modified(string path)
    {
        var (id, _) = await silo.Running();
        path = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, id);
        var first = (await silo.Get(path)).Is(200);
        var tag = first.Response.Headers.ETag!;
        Assert.Equal(("no-cache, private", true), (first.Response.Headers.CacheControl!.ToString(), tag.IsWeak));

        var again = await silo.Send(HttpMethod.Get, path, null, SiloFixture.AdminKey, ("If-None-Match", $"\"other\", {tag}"));

        Assert.Empty(again.Is(304).Text);
        Assert.Equal(tag, again.Response.Headers.ETag);
        (await silo.Send(HttpMethod.Get, path, null, SiloFixture.AdminKey, ("If-None-Match", "\"other\""))).Is(200);
        (await silo.Send(HttpMethod.Get, path, null, SiloFixture.AdminKey, ("If-None-Match", "*"))).Is(304);
    }

    [Fact]
    public async Task An_answer_with_a_secret_and_a_refusal_are_not_cached()
    {
        var made = await silo.Post("/v1/keys", """{"name":"n","role":"VIEWER","namespaces":["*"]}""");

        Assert.Equal("viewer", made.Is(201).String("role"));
        Assert.True(made.Response.Headers.CacheControl!.NoStore);
        Assert.True((await silo.Get("/v1/executions/nobody")).Response.Headers.CacheControl!.NoStore);
    }

    private Task<Got> Post(string path, byte[] body, string encoding)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json");
        content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return silo.Send(HttpMethod.Post, path, content, SiloFixture.AdminKey);
    }

    private static byte[] Encoded(byte[] plain, string encoding)
    {
        using var buffer = new MemoryStream();
        Stream? encoder = encoding.ToLowerInvariant() switch
        {
            "gzip" => new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(buffer, CompressionLevel.Fastest, leaveOpen: true),
            _ => null,
        };
        using (encoder)
        {
            (encoder ?? buffer).Write(plain);
            encoder?.Flush();
        }

        return buffer.ToArray();
    }
}
