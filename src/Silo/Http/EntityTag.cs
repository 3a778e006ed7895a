using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace ExecutionGrains.Silo.Http;

/// <summary>The tag of an answer: weak, because one answer goes out plain and compressed.</summary>
internal static class EntityTag
{
    public static string Of(ReadOnlySpan<byte> body) => $"W/\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16))}\"";

    /// <summary>Whether <c>If-None-Match</c> names the tag, by the weak comparison of RFC 9110.</summary>
    public static bool Matches(HttpRequest request, string tag) =>
        request.Headers.IfNoneMatch is { Count: > 0 } said
        && EntityTagHeaderValue.TryParseList(said.ToArray()!, out var tags)
        && tags.Any(t => t.Equals(EntityTagHeaderValue.Any) || t.Compare(EntityTagHeaderValue.Parse(tag), useStrongComparison: false));
}
