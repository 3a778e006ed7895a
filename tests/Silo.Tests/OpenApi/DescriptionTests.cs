using System.Text.Json;
using ExecutionGrains.Silo.Tests.Http;
using Xunit;

namespace ExecutionGrains.Silo.Tests.OpenApi;

/// <summary>D17: the document alone is enough to use the API. Its texts are the XML docs of the records from which it is generated.</summary>
public sealed class DescriptionTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    [Fact]
    public async Task D17_Every_schema_and_every_property_is_described()
    {
        var schemas = (await silo.Get("/openapi/v1.json", key: null)).Is(200)["components"].GetProperty("schemas");

        string[] missing =
        [
            .. from schema in schemas.EnumerateObject() where !IsDescribed(schema.Value) select schema.Name,
            .. from schema in schemas.EnumerateObject()
               where schema.Value.TryGetProperty("properties", out _)
               from property in schema.Value.GetProperty("properties").EnumerateObject()
               where !IsDescribed(property.Value)
               select $"{schema.Name}.{property.Name}",
        ];

        Assert.True(schemas.EnumerateObject().Count() > 60, "the document has lost its schemas");
        Assert.True(missing.Length == 0, $"These need an XML doc: {string.Join(", ", missing)}");
    }

    [Fact]
    public async Task D17_Every_operation_parameter_header_and_answer_is_described()
    {
        var paths = (await silo.Get("/openapi/v1.json", key: null)).Is(200)["paths"];
        List<string> missing = [];
        foreach (var (name, operation) in paths.EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(o => ($"{o.Name} {p.Name}", o.Value))))
        {
            Note(name, operation);
            Assert.NotEqual("", operation.GetProperty("summary").GetString());
            foreach (var parameter in operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : default)
            {
                Note($"{name} parameter {parameter.GetProperty("name")}", parameter);
            }

            foreach (var response in operation.GetProperty("responses").EnumerateObject())
            {
                Note($"{name} {response.Name}", response.Value);
                foreach (var header in response.Value.TryGetProperty("headers", out var headers) ? headers.EnumerateObject() : default)
                {
                    Note($"{name} {response.Name} {header.Name}", header.Value);
                }
            }
        }

        Assert.True(missing.Count == 0, string.Join(", ", missing));

        void Note(string what, JsonElement described)
        {
            if (!IsDescribed(described))
            {
                missing.Add(what);
            }
        }
    }

    [Fact]
    public async Task D17_Every_enum_value_is_listed_and_unobvious_ones_are_explained()
    {
        var schemas = (await silo.Get("/openapi/v1.json", key: null)).Is(200)["components"].GetProperty("schemas");

        Same<Outcome>("Outcome");
        Same<StepOutcome>("StepOutcome");
        Same<Severity>("Severity");
        Same<Resolution>("Resolution");
        Same<ExecutionStatus>("ExecutionStatus");
        Same<StepStatus>("StepStatus");
        Same<Cause>("Cause");
        Same<FinalizationPath>("FinalizationPath");
        Same<Result>("Result");
        Same<Code>("Code");

        string[] explained = ["Cause", "Code", "FinalizationPath", "Resolution", "Result", "Role"];
        Assert.All(explained, name => Assert.All(
            schemas.GetProperty(name).GetProperty("enum").EnumerateArray(),
            word => Assert.Contains($"`{word.GetString()}`: ", schemas.GetProperty(name).GetProperty("description").GetString(), StringComparison.Ordinal)));

        void Same<T>(string name) where T : struct, Enum
        {
            var schema = schemas.GetProperty(name);
            Assert.Equal("string", schema.GetProperty("type").GetString());
            Assert.Equal(Enum.GetValues<T>().Select(v => v.Word()), schema.GetProperty("enum").EnumerateArray().Select(w => w.GetString()));
        }
    }

    private static bool IsDescribed(JsonElement element) =>
        element.TryGetProperty("description", out var text) && !string.IsNullOrWhiteSpace(text.GetString()) && text.GetString()!.EndsWith('.');
}
