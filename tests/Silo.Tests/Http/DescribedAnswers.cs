using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>
/// The OpenAPI document's answers by method and path. Each answer that any test of the HTTP API gets must have a described status and, if it has a body, be
/// valid against the schema of its media type (D17).
/// </summary>
internal sealed class DescribedAnswers(JsonElement document)
{
    private readonly (string Template, Regex Path, JsonElement Operations)[] _paths =
        [.. document.GetProperty("paths").EnumerateObject().Select(p => (p.Name, PathOf(p.Name), p.Value))];

    /// <summary>The document's schemas, under the key where JSON Schema 2020-12 expects them.</summary>
    private readonly JsonNode _definitions = JsonNode.Parse(Rebased(document.GetProperty("components").GetProperty("schemas")))!;

    private readonly ConcurrentDictionary<string, JsonSchema> _schemas = new(StringComparer.Ordinal);

    /// <summary>Does not check paths and methods that the document does not contain.</summary>
    public void Check(HttpMethod method, HttpResponseMessage answer, string body)
    {
        var (path, status) = (answer.RequestMessage!.RequestUri!.AbsolutePath, (int)answer.StatusCode);
        foreach (var (template, pattern, operations) in _paths)
        {
            if (!pattern.IsMatch(path) || !operations.TryGetProperty(method.Method.ToLowerInvariant(), out var operation))
            {
                continue;
            }

            var what = $"{method} {template} answered {status}";
            Assert.True(operation.GetProperty("responses").TryGetProperty($"{status}", out var described), $"{what}, which is not described");
            if (body.Length > 0 && answer.Content.Headers.ContentEncoding.Count == 0 && answer.Content.Headers.ContentType is { MediaType: { } type })
            {
                JsonElement media = default;
                var isDescribed = described.TryGetProperty("content", out var content) && content.TryGetProperty(type, out media);
                Assert.True(isDescribed, $"{what} as {type}, which is not described");
                // Of a stream of lines, the schema is a line's.
                foreach (var part in type == "application/x-ndjson" ? body.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [body])
                {
                    Validate(media.GetProperty("schema"), part, what);
                }

                if (type == "application/problem+json")
                {
                    using var problem = JsonDocument.Parse(body);
                    var code = $"`{problem.RootElement.GetProperty("code").GetString()}`";
                    var isNamed = described.GetProperty("description").GetString()!.Contains(code, StringComparison.Ordinal);
                    Assert.True(isNamed, $"{what} with {code}, which is not described");
                }
            }
        }
    }

    private void Validate(JsonElement schema, string body, string what)
    {
        var found = _schemas.GetOrAdd(Rebased(schema), text =>
        {
            var root = JsonNode.Parse(text)!.AsObject();
            root["$defs"] = _definitions.DeepClone();
            return JsonSchema.FromText(root.ToJsonString());
        });
        using var json = JsonDocument.Parse(body);
        var results = found.Evaluate(json.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        Assert.True(results.IsValid, $"{what}, which the document refuses: {string.Join("; ", Faults(results))}\n{body[..Math.Min(body.Length, 1_000)]}");
    }

    private static IEnumerable<string> Faults(EvaluationResults results) => results.Details
        .Where(d => d.Errors is not null)
        .SelectMany(d => d.Errors!.Select(e => $"{d.InstanceLocation} {e.Key}: {e.Value}"))
        .Take(5);

    private static string Rebased(JsonElement schema) => schema.GetRawText().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal);

    private static Regex PathOf(string template) => new($"^{Regex.Replace(template, "{[^}]+}", "[^/]+")}$");
}
