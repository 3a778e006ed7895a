using System.Text.Json;
using System.Text.RegularExpressions;
using ExecutionGrains.Hosting.Parsing;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>An answer as received.</summary>
internal sealed partial record Got(int Status, string Text, HttpResponseMessage Response)
{
    private JsonElement? _body;

    public JsonElement Body => _body ??= JsonDocument.Parse(Text).RootElement;

    public JsonElement this[string name] => Body.GetProperty(name);

    public string? String(string name) => this[name].GetString();

    public JsonElement[] Results => [.. this["results"].EnumerateArray()];

    public JsonElement[] Items => [.. this["items"].EnumerateArray()];

    public string?[] Words(string list, string name) => [.. this[list].EnumerateArray().Select(e => e.GetProperty(name).GetString())];

    public Got Is(int status)
    {
        Assert.True(Status == status, $"{Status} is not {status}: {Text}");
        return this;
    }

    /// <summary>The answer is a problem document exactly as in the contract.</summary>
    public Got IsProblem(int status, string code, string? pointer = null)
    {
        Is(status);
        Assert.Equal("application/problem+json", Response.Content.Headers.ContentType?.MediaType);
        Assert.Equal($"urn:executiongrains:problem:{code}", String("type"));
        Assert.Equal(code, String("code"));
        Assert.Equal(status, this["status"].GetInt32());
        Assert.NotEqual("", String("title"));
        Assert.NotEqual("", String("detail"));
        Assert.NotEqual("", String("traceId"));
        if (pointer is not null)
        {
            Assert.Contains(pointer, Words("errors", "pointer"));
            Assert.All(Words("errors", "message"), m => Assert.NotEqual("", m));
        }

        return this;
    }

    public static void Same(string?[] expected, string?[] actual) => Assert.Equal<IEnumerable<string?>>(expected, actual);

    public static void IsTime(JsonElement element) => Assert.Matches(ExactTime(), element.GetString());

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\z")]
    private static partial Regex ExactTime();
}
