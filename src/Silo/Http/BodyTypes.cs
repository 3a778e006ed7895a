using Microsoft.Net.Http.Headers;

namespace ExecutionGrains.Silo.Http;

/// <summary>The content types that an endpoint takes.</summary>
/// <param name="IsAnyTaken">Whether the content is read whatever type it claims.</param>
public sealed record BodyTypes(IReadOnlyList<string> Names, bool IsAnyTaken)
{
    /// <summary>A body that claims no type is taken for the first.</summary>
    public bool Take(string? contentType) =>
        IsAnyTaken
        || string.IsNullOrEmpty(contentType)
        || (MediaTypeHeaderValue.TryParse(contentType, out var type) && Names.Any(n => type.MediaType.Equals(n, StringComparison.OrdinalIgnoreCase)));
}
