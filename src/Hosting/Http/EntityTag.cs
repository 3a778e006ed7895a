using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace ExecutionGrains.Hosting.Http;

/// <summary>ETags of responses. They are weak, because the same tag is used for the plain and the compressed form of a response.</summary>
internal static class EntityTag
{
    public static string Of(ReadOnlySpan<byte> body) => $"W/\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16))}\"";

    /// <summary>Whether <c>If-None-Match</c> contains the tag or <c>*</c>, by the weak comparison of RFC 9110.</summary>
    public static bool Matches(HttpRequest request, string tag) =>
        request.Headers.IfNoneMatch is { Count: > 0 } said
        && EntityTagHeaderValue.TryParseList(said.ToArray()!, out var tags)
        && tags.Any(t => t.Equals(EntityTagHeaderValue.Any) || t.Compare(EntityTagHeaderValue.Parse(tag), useStrongComparison: false));
}
