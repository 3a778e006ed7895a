using System.Text.Json;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

public sealed class OpenApiTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    [Theory]
    [InlineData("/v1/executions", "get", "post")]
    [InlineData("/v1/executions/{id}", "get")]
    [InlineData("/v1/executions/{id}/claim", "post")]
    [InlineData("/v1/executions/{id}/events", "post")]
    [InlineData("/v1/events", "post")]
    [InlineData("/v1/executions/{id}/cancel", "post")]
    [InlineData("/v1/executions/{id}/resolve", "post")]
    [InlineData("/v1/executions/{id}/requeue", "post")]
    [InlineData("/v1/janitor/pause", "post")]
    [InlineData("/v1/janitor/resume", "post")]
    [InlineData("/v1/keys", "get", "post")]
    [InlineData("/v1/keys/{keyId}", "delete")]
    [InlineData("/v1/audit", "get")]
    [InlineData("/v1/executions/{id}/steps", "get")]
    [InlineData("/v1/executions/{id}/logs", "get")]
    [InlineData("/v1/executions/{id}/history", "get")]
    [InlineData("/v1/stats", "get")]
    [InlineData("/v1/cluster", "get")]
    [InlineData("/health/live", "get")]
    [InlineData("/health/ready", "get")]
    public async Task The_document_spells_the_paths_as_the_contract_does(string path, params string[] methods)
    {
        var document = (await silo.Get("/openapi/v1.json", key: null)).Is(200);

        Assert.True(document["paths"].TryGetProperty(path, out var item), path);
        Assert.All(methods, m => Assert.True(item.TryGetProperty(m, out _), $"{m} {path}"));
    }

    [Fact]
    public async Task No_path_ends_in_a_slash()
    {
        var document = await silo.Get("/openapi/v1.json", key: null);

        Assert.All(document["paths"].EnumerateObject(), p => Assert.False(p.Name.EndsWith('/'), p.Name));
        Assert.StartsWith("3.", document.String("openapi"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_parameter_of_a_path_is_described_and_every_reference_resolves()
    {
        var document = await silo.Get("/openapi/v1.json", key: null);

        foreach (var path in document["paths"].EnumerateObject().Where(p => p.Name.Contains('{', StringComparison.Ordinal)))
        {
            var name = path.Name.Split('{', '}')[1];
            Assert.All(path.Value.EnumerateObject(), o => Assert.Contains(name, Names(o.Value)));
        }

        var schemas = document["components"].GetProperty("schemas");
        var references = document.Text.Split("\"#/components/schemas/").Skip(1).Select(t => t.Split('"')[0]).Distinct();
        Assert.All(references, r => Assert.True(schemas.TryGetProperty(r, out _), r));
    }

    [Theory]
    [InlineData("/v1/executions", "post", 404)]
    [InlineData("/v1/executions/{id}", "get", 400)]
    [InlineData("/v1/executions/{id}/steps", "get", 400)]
    [InlineData("/v1/executions/{id}/logs", "get", 400)]
    [InlineData("/v1/executions/{id}/history", "get", 400)]
    [InlineData("/v1/executions/{id}/cancel", "post", 413)]
    [InlineData("/v1/executions/{id}/resolve", "post", 413)]
    [InlineData("/v1/executions/{id}/requeue", "post", 413)]
    [InlineData("/v1/keys", "post", 413)]
    [InlineData("/v1/janitor/pause", "post", 400, 413, 415)]
    [InlineData("/v1/janitor/resume", "post", 400, 413, 415)]
    public async Task Every_possible_refusal_of_a_call_is_described(string path, string method, params int[] statuses)
    {
        var document = await silo.Get("/openapi/v1.json", key: null);

        var responses = document["paths"].GetProperty(path).GetProperty(method).GetProperty("responses");
        Assert.All(statuses, s => Assert.True(responses.TryGetProperty($"{s}", out _), $"{s}"));
    }

    [Fact]
    public async Task The_body_of_an_operation_on_the_janitor_is_described()
    {
        var document = await silo.Get("/openapi/v1.json", key: null);

        Assert.All(
            (string[])["/v1/janitor/pause", "/v1/janitor/resume"],
            p => Assert.True(document["paths"].GetProperty(p).GetProperty("post").TryGetProperty("requestBody", out _), p));
    }

    [Fact]
    public async Task The_janitors_record_is_described()
    {
        var schemas = (await silo.Get("/openapi/v1.json", key: null))["components"].GetProperty("schemas");

        Assert.Equal(
            "#/components/schemas/JanitorBucketView",
            schemas.GetProperty("JanitorView").GetProperty("properties").GetProperty("buckets").GetProperty("items").GetProperty("$ref").GetString());
        Assert.Equal(
            ["bucket", "lastSweep", "lastSweepMs", "found", "acted", "held", "silo", "recent"],
            schemas.GetProperty("JanitorBucketView").GetProperty("properties").EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            ["at", "durationMs", "found", "acted", "held"], schemas.GetProperty("SweepView").GetProperty("properties").EnumerateObject().Select(p => p.Name));
    }

    private static IEnumerable<string?> Names(JsonElement operation) =>
        operation.GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name").GetString());
}
