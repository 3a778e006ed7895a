using System.Text.Json.Nodes;

namespace ExecutionGrains.Hosting.OpenApi;

/// <summary>
/// Adds the calls of <c>OpenApiExamples.json</c> to the document: the body of each successful call as a request example, each answer as an example for its
/// status, and the first event of each type as the example of its schema. A test sends the calls to a silo and compares the answers.
/// </summary>
internal static class OpenApiExamples
{
    public const string Resource = "openapi/examples.json";

    private const string Json = "application/json";

    public static void Add(JsonObject document)
    {
        var operations = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(operation => operation.Value!.AsObject())
            .ToDictionary(operation => (string)operation["operationId"]!, StringComparer.Ordinal);
        var schemas = document["components"]!["schemas"]!.AsObject();
        foreach (var call in Read())
        {
            var operation = operations[(string)call["operation"]!];
            var status = $"{(int)call["status"]!}";
            if (call["body"] is { } body && status[0] == '2')
            {
                AddBody(operation["requestBody"]!["content"]!, call, body);
                AddEvents(schemas, body);
            }

            if (call["answer"] is { } answer && operation["responses"]![status]?["content"]?.AsObject() is { } content)
            {
                Put(content.First().Value!, call, answer.DeepClone());
            }
        }
    }

    private static IEnumerable<JsonObject> Read()
    {
        using var stream = typeof(OpenApiExamples).Assembly.GetManifestResourceStream(Resource)!;
        return JsonNode.Parse(stream)!.AsArray().Select(call => call!.AsObject());
    }

    private static void AddBody(JsonNode content, JsonObject call, JsonNode body)
    {
        var type = (string?)call["contentType"] ?? Json;
        Put(content[type]!, call, type == Json ? body.DeepClone() : string.Join('\n', body.AsArray().Select(line => line!.ToJsonString())));
    }

    private static void AddEvents(JsonObject schemas, JsonNode body)
    {
        var (union, events) = body is JsonArray array ? (nameof(Endpoints.AddressedEvent), array) : (nameof(Endpoints.Event), body["events"]?.AsArray() ?? []);
        var mapping = schemas[union]!["discriminator"]!["mapping"]!;
        foreach (var item in events)
        {
            var reference = (string)mapping[(string)item!["type"]!]!;
            var schema = schemas[reference[(reference.LastIndexOf('/') + 1)..]]!.AsObject();
            schema["examples"] ??= new JsonArray(item.DeepClone());
        }
    }

    private static void Put(JsonNode media, JsonObject call, JsonNode value)
    {
        var examples = (media["examples"] ??= new JsonObject()).AsObject();
        examples[(string)call["name"]!] = new JsonObject { ["summary"] = (string?)call["summary"], ["value"] = value };
    }
}
