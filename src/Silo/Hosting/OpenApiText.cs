using System.Text.Json;
using System.Text.Json.Nodes;
using ExecutionGrains.Rules;
using ExecutionGrains.Silo.Endpoints;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>The text of the OpenAPI document. Made once, when it is first asked for: it takes 40 ms.</summary>
public sealed class OpenApiText([FromKeyedServices(OpenApi.Version)] IOpenApiDocumentProvider provider)
{
    private const string Schemas = "#/components/schemas/";

    private readonly Lazy<Task<byte[]>> text = new(() => MakeAsync(provider));

    public Task<byte[]> ReadAsync() => text.Value;

    private static async Task<byte[]> MakeAsync(IOpenApiDocumentProvider provider)
    {
        var document = await provider.GetOpenApiDocumentAsync(CancellationToken.None).ConfigureAwait(false);
        var made = JsonNode.Parse(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1).ConfigureAwait(false))!;
        var schemas = made["components"]!["schemas"]!.AsObject();
        UniteEvents(schemas);
        AddressEvents(schemas);
        Correct(made);
        schemas.Remove("JsonElement");
        DropNulls(schemas);
        ReferToWords(made["paths"]!, schemas);
        foreach (var (_, schema) in schemas.Where(s => s.Value!["properties"] is not null).ToArray())
        {
            ReferToWords(schema!["properties"]!, schemas);
        }

        OpenApiExamples.Add(made.AsObject());
        return JsonSerializer.SerializeToUtf8Bytes(made);
    }

    /// <summary>The union of all types of events: exactly one fits, and its <c>type</c> says which.</summary>
    private static void UniteEvents(JsonObject schemas)
    {
        var union = schemas[nameof(Event)]!.AsObject();
        foreach (var (_, reference) in union["discriminator"]!["mapping"]!.AsObject())
        {
            var schema = schemas[NameOf(reference)]!.AsObject();
            schema["type"] = "object";
            schema["properties"]!["type"]!["description"] = "The type of the event.";
            Require(schema, "type");
        }

        schemas[nameof(Event)] = Union(union, union["discriminator"]!["mapping"]!.AsObject());
    }

    /// <summary>
    /// An addressed event is an event with two more fields, which .NET's types cannot say: each type of event has a schema of its own for it.
    /// </summary>
    private static void AddressEvents(JsonObject schemas)
    {
        var addressed = schemas[nameof(AddressedEvent)]!.AsObject();
        var mapping = new JsonObject();
        foreach (var (word, reference) in schemas[nameof(Event)]!["discriminator"]!["mapping"]!.AsObject())
        {
            var schema = schemas[NameOf(reference)]!.DeepClone().AsObject();
            foreach (var (field, shape) in addressed["properties"]!.AsObject())
            {
                schema["properties"]![field] = shape!.DeepClone();
            }

            Require(schema, "executionId");
            schemas[$"Addressed{NameOf(reference)}"] = schema;
            mapping[word] = $"{Schemas}Addressed{NameOf(reference)}";
        }

        schemas[nameof(AddressedEvent)] = Union(addressed, mapping);
    }

    private static JsonObject Union(JsonObject of, JsonObject mapping) => new()
    {
        ["description"] = (string?)of["description"],
        ["oneOf"] = new JsonArray([.. mapping.Select(m => new JsonObject { ["$ref"] = (string?)m.Value })]),
        ["discriminator"] = new JsonObject { ["propertyName"] = "type", ["mapping"] = mapping.DeepClone() },
    };

    private static void Require(JsonObject schema, string field) => (schema["required"] ??= new JsonArray()).AsArray().Add(field);

    private static string NameOf(JsonNode? reference) => ((string)reference!)[Schemas.Length..];

    /// <summary>An answer leaves a field out instead of writing null, or it always writes the field.</summary>
    private static void DropNulls(JsonObject schemas)
    {
        foreach (var (_, schema) in schemas.Where(s => s.Key.EndsWith("View", StringComparison.Ordinal)))
        {
            var required = schema!["required"]?.AsArray().Select(name => (string)name!).ToHashSet(StringComparer.Ordinal) ?? [];
            foreach (var (_, field) in schema["properties"]!.AsObject().Where(p => !required.Contains(p.Key)))
            {
                var shape = field!.AsObject();
                if (shape["type"] is JsonArray types)
                {
                    shape["type"] = types.Single(t => (string)t! != "null")!.DeepClone();
                }
                else if (shape["oneOf"] is JsonArray and [_, JsonObject other])
                {
                    shape.Remove("oneOf");
                    shape["$ref"] = other["$ref"]!.DeepClone();
                }
            }
        }
    }

    /// <summary>Parameters and strings refer to the schema of their words, as enums do, so that generated clients have one type for all.</summary>
    private static void ReferToWords(JsonNode node, JsonObject schemas)
    {
        if (node is JsonObject schema
            && schema["enum"] is JsonArray words
            && schemas.FirstOrDefault(s => JsonNode.DeepEquals(s.Value!["enum"], words)).Key is { } name)
        {
            schema.Remove("enum");
            schema.Remove("type");
            schema["$ref"] = $"{Schemas}{name}";
            return;
        }

        foreach (var child in node switch { JsonObject json => json.Select(p => p.Value), JsonArray array => array, _ => [] })
        {
            if (child is not null)
            {
                ReferToWords(child, schemas);
            }
        }
    }

    /// <summary>What the generator says otherwise than JSON Schema reads it.</summary>
    private static void Correct(JsonNode node)
    {
        switch (node)
        {
            case JsonArray array:
                foreach (var item in array)
                {
                    if (item is not null)
                    {
                        Correct(item);
                    }
                }

                break;
            case JsonObject schema:
                CorrectText(schema);
                CorrectWords(schema);
                CorrectNullable(schema);
                CorrectLabels(schema);
                foreach (var (_, value) in schema.ToArray())
                {
                    if (value is not null)
                    {
                        Correct(value);
                    }
                }

                break;
        }
    }

    /// <summary>XML docs are folded at 160 characters; texts of the document are not. Those with lists, which have empty lines, stay as they are.</summary>
    private static void CorrectText(JsonObject schema)
    {
        if (schema["description"] is JsonValue value && value.TryGetValue(out string? text) && !text.Contains("\n\n", StringComparison.Ordinal))
        {
            schema["description"] = text.ReplaceLineEndings(" ");
        }
    }

    /// <summary>Words are strings, and null is none of them: what may be null says so beside the reference.</summary>
    private static void CorrectWords(JsonObject schema)
    {
        if (schema["enum"] is JsonArray words)
        {
            schema["enum"] = new JsonArray([.. words.Where(w => w is not null).Select(w => w!.DeepClone())]);
            schema["type"] ??= "string";
        }
    }

    private static void CorrectLabels(JsonObject schema)
    {
        if (schema["additionalProperties"] is JsonObject values && schema.Remove("maxLength", out var most))
        {
            schema["maxProperties"] = most;
            schema["propertyNames"] = new JsonObject { ["minLength"] = 1, ["maxLength"] = Bounds.LabelKeyLength, ["pattern"] = "^[^=]*$" };
            values["maxLength"] = Limits.LabelValueLength;
        }
    }

    /// <summary>Any JSON may be null anyhow; as one of two it would match both. A description belongs to the field, not to one of its alternatives.</summary>
    private static void CorrectNullable(JsonObject schema)
    {
        if (schema["oneOf"] is not (JsonArray and [JsonObject one, JsonObject other]) || (string?)one["type"] != "null")
        {
            return;
        }

        if (other.Remove("description", out var description))
        {
            schema["description"] ??= description;
        }

        if ((string?)other["$ref"] is { } reference && reference[Schemas.Length..] is "RawJson" or "JsonElement")
        {
            schema.Remove("oneOf");
            schema["$ref"] = $"{Schemas}RawJson";
        }
    }
}
