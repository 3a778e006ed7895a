using Microsoft.Net.Http.Headers;

namespace ExecutionGrains.Hosting.Http;

/// <summary>Endpoint metadata: the content types that the endpoint accepts.</summary>
/// <param name="IsAnyTaken">Whether the Content-Type header is ignored.</param>
public sealed record AcceptedContentTypes(IReadOnlyList<string> Names, bool IsAnyTaken)
{
    /// <summary>Whether a body of this content type is accepted. Without a Content-Type the first accepted type is assumed.</summary>
    public bool Take(string? contentType) =>
        IsAnyTaken
        || string.IsNullOrEmpty(contentType)
        || (MediaTypeHeaderValue.TryParse(contentType, out var type) && Names.Any(n => type.MediaType.Equals(n, StringComparison.OrdinalIgnoreCase)));
}
