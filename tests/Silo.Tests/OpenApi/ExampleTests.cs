using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExecutionGrains.Silo.Tests.Http;
using ExecutionGrains.Testing;
using Xunit;

namespace ExecutionGrains.Silo.Tests.OpenApi;

/// <summary>
/// The document's examples are the calls of <c>OpenApiExamples.json</c>, in order, as a silo answers them from 2026-11-21T03:00Z on. Every answer is also
/// validated against the document (<see cref="DescribedAnswers"/>).
/// </summary>
public sealed class ExampleTests(ExampleTests.Silo silo) : IClassFixture<ExampleTests.Silo>
{
    private const string Json = "application/json";

    private static readonly string ExamplesPath = Repository.File("src/Hosting/OpenApi/OpenApiExamples.json");

    private static readonly JsonSerializerOptions WriteOptions = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Values that differ from run to run.</summary>
    private static readonly Dictionary<string, string> Secrets = new(StringComparer.Ordinal)
    {
        ["token"] = "egt_example-of-a-run-token",
        ["key"] = "eg_example-of-an-api-key",
        ["keyId"] = "key_019ae0f4a5c07c3f8d1e2b3c4d5e6f70",
        ["traceId"] = "4bf92f3577b34da6a3ce929d0e0e4736",
        ["nextCursor"] = "example-of-a-cursor",
    };

    private string _keyId = "";

    [Fact]
    public async Task D17_A_silo_answers_the_examples_as_documented()
    {
        var calls = JsonNode.Parse(await File.ReadAllTextAsync(ExamplesPath))!.AsArray();
        var operations = await Operations();
        List<string> wrong = [];
        foreach (var call in calls.Select(c => c!.AsObject()))
        {
            await silo.PassAsync(TimeSpan.Parse((string?)call["after"] ?? "00:00:00"));
            var got = await Send(operations[(string)call["operation"]!], call);
            Assert.True(got.Status == (int)call["status"]!, $"{call["operation"]} {call["name"]} answered {got.Status}: {got.Text}");
            var answer = got.Text.Length == 0 ? null : Masked(JsonNode.Parse(got.Text)!);
            if (!JsonNode.DeepEquals(answer, call["answer"]))
            {
                wrong.Add($"{call["operation"]} {call["name"]}: {answer?.ToJsonString()}");
                call["answer"] = answer;
            }
        }

        if (Environment.GetEnvironmentVariable("EXAMPLES") == "write")
        {
            await File.WriteAllTextAsync(ExamplesPath, calls.ToJsonString(WriteOptions) + "\n");
            return;
        }

        const string how = "EXAMPLES=write dotnet test --project tests/Silo.Tests --filter-class '*ExampleTests' writes the answers into the file.";
        Assert.True(wrong.Count == 0, string.Join('\n', [.. wrong, how]));
    }

    [Fact]
    public async Task D17_Every_type_of_event_and_every_body_has_an_example()
    {
        var document = (await silo.Get("/openapi/v1.json", key: null)).Is(200);
        var schemas = document["components"].GetProperty("schemas");
        foreach (var type in schemas.GetProperty("Event").GetProperty("discriminator").GetProperty("mapping").EnumerateObject())
        {
            var schema = schemas.GetProperty(type.Value.GetString()!.Split('/')[^1]);
            Assert.True(schema.TryGetProperty("examples", out var examples), type.Name);
            Assert.Equal(type.Name, Assert.Single(examples.EnumerateArray()).GetProperty("type").GetString());
        }

        foreach (var operation in document["paths"].EnumerateObject().SelectMany(p => p.Value.EnumerateObject()).Select(o => o.Value))
        {
            var id = operation.GetProperty("operationId").GetString();
            if (operation.TryGetProperty("requestBody", out var body))
            {
                Assert.All(body.GetProperty("content").EnumerateObject(), c => Assert.True(c.Value.TryGetProperty("examples", out _), $"{id} {c.Name}"));
            }
        }
    }

    private async Task<Dictionary<string, (HttpMethod Method, string Path)>> Operations()
    {
        var document = (await silo.Get("/openapi/v1.json", key: null)).Is(200);
        var operations =
            from path in document["paths"].EnumerateObject()
            from operation in path.Value.EnumerateObject()
            select (Id: operation.Value.GetProperty("operationId").GetString()!, Call: (new HttpMethod(operation.Name.ToUpperInvariant()), path.Name));
        return operations.ToDictionary(o => o.Id, o => o.Call, StringComparer.Ordinal);
    }

    private async Task<Got> Send((HttpMethod Method, string Path) operation, JsonObject call)
    {
        var path = operation.Path.Replace("{id}", (string?)call["id"], StringComparison.Ordinal).Replace("{keyId}", _keyId, StringComparison.Ordinal);
        ByteArrayContent? content = null;
        if (call["body"] is { } body)
        {
            var type = (string?)call["contentType"] ?? Json;
            content = new(Encoding.UTF8.GetBytes(type == Json ? body.ToJsonString() : string.Join('\n', body.AsArray().Select(line => line!.ToJsonString()))));
            content.Headers.ContentType = new MediaTypeHeaderValue(type);
        }

        var got = await silo.Send(operation.Method, $"{path}?{call["query"]}", content, SiloFixture.AdminKey);
        if (got.Status == 201 && got.Body.TryGetProperty("keyId", out var keyId))
        {
            _keyId = keyId.GetString()!;
        }

        return got;
    }

    /// <summary>The audit names keys by their ids.</summary>
    private static string? KeyIdIn(JsonValue value) =>
        value.TryGetValue(out string? text) && text.StartsWith("key_", StringComparison.Ordinal) ? Secrets["keyId"] : null;

    private static JsonNode Masked(JsonNode node)
    {
        switch (node)
        {
            case JsonObject json:
                foreach (var (name, value) in json.ToArray())
                {
                    if (value is JsonValue text && (Secrets.GetValueOrDefault(name) ?? KeyIdIn(text)) is { } example)
                    {
                        json[name] = example;
                    }
                    else if (value is not null)
                    {
                        Masked(value);
                    }
                }

                break;
            case JsonArray array:
                foreach (var item in array.Where(i => i is not null))
                {
                    Masked(item!);
                }

                break;
        }

        return node;
    }

    public sealed class Silo : ClockedSilo
    {
        public Silo() => Clock.JumpWallClock(new DateTimeOffset(2026, 11, 21, 3, 0, 0, TimeSpan.Zero) - Clock.GetUtcNow());
    }
}
