using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>The statuses that the OpenAPI document names, by method and path: whatever any test is answered has to be among them.</summary>
internal sealed class DescribedAnswers(JsonElement document)
{
    private readonly (string Template, Regex Path, JsonElement Operations)[] paths =
        [.. document.GetProperty("paths").EnumerateObject().Select(p => (p.Name, PathOf(p.Name), p.Value))];

    /// <summary>A path or method that the document does not know is none of its business.</summary>
    public void Check(HttpMethod method, string path, int status)
    {
        foreach (var (template, pattern, operations) in paths)
        {
            if (pattern.IsMatch(path) && operations.TryGetProperty(method.Method.ToLowerInvariant(), out var operation))
            {
                Assert.True(operation.GetProperty("responses").TryGetProperty($"{status}", out _), $"{method} {template} answered {status}, which is not described");
            }
        }
    }

    private static Regex PathOf(string template) => new($"^{Regex.Replace(template, "{[^}]+}", "[^/]+")}$");
}
