using System.Text.Json;
using System.Text.Json.Nodes;
using ExecutionGrains.Hosting.Endpoints;
using ExecutionGrains.Rules;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ExecutionGrains.Hosting.OpenApi;

/// <summary>The OpenAPI document as UTF-8 JSON. Generated once, at the first request, because generating it takes 40 ms.</summary>
public sealed class OpenApiDocumentCache([FromKeyedServices(OpenApiEndpoint.DocumentName)] IOpenApiDocumentProvider provider)
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

    /// <summary>Replaces the schema <c>Event</c> by a <c>oneOf</c> of all event types with <c>type</c> as discriminator.</summary>
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
    /// An addressed event is an event with two more fields. The .NET types do not express this for each event type, so a schema <c>Addressed…</c> is added
    /// for each.
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

    /// <summary>
    /// Removes null from the types of the optional fields of answers: an answer omits such a field instead of writing null. Required fields keep null.
    /// </summary>
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

    /// <summary>
    /// Replaces an inline enum by a reference to the schema that has the same words, so that generated clients have one type for parameters and fields.
    /// </summary>
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

    /// <summary>Corrects generated schemas whose meaning in JSON Schema differs from what is intended.</summary>
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

    /// <summary>
    /// Joins the lines of a description, because XML docs are wrapped at 160 characters. A description with an empty line contains a list and stays as it is.
    /// </summary>
    private static void CorrectText(JsonObject schema)
    {
        if (schema["description"] is JsonValue value && value.TryGetValue(out string? text) && !text.Contains("\n\n", StringComparison.Ordinal))
        {
            schema["description"] = text.ReplaceLineEndings(" ");
        }
    }

    /// <summary>Removes null from enums and gives them the type string. Whether a field may be null is stated next to its reference to the enum.</summary>
    private static void CorrectWords(JsonObject schema)
    {
        if (schema["enum"] is JsonArray words)
        {
            schema["enum"] = new JsonArray([.. words.Where(w => w is not null).Select(w => w!.DeepClone())]);
            schema["type"] ??= "string";
        }
    }

    /// <summary>For a map, the generated <c>maxLength</c> means the count of entries: <c>maxProperties</c>. Adds the bounds of label keys and values.</summary>
    private static void CorrectLabels(JsonObject schema)
    {
        if (schema["additionalProperties"] is JsonObject values && schema.Remove("maxLength", out var most))
        {
            schema["maxProperties"] = most;
            schema["propertyNames"] = new JsonObject { ["minLength"] = 1, ["maxLength"] = FieldValidation.LabelKeyLengthMax, ["pattern"] = "^[^=]*$" };
            values["maxLength"] = Limits.LabelValueLengthMax;
        }
    }

    /// <summary>
    /// Moves the description of an alternative to its field. Replaces the choice between null and any JSON by any JSON alone: null would match both
    /// alternatives, and <c>oneOf</c> allows only one match.
    /// </summary>
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
