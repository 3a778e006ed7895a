using ExecutionGrains.Hosting.Problems;

namespace ExecutionGrains.Hosting.Description;

/// <summary>Descriptions and headers of responses in the OpenAPI document, by status code.</summary>
internal static class ResponseDocs
{
    /// <summary>The description of a response: the endpoint's own for a success, else the endpoint's problem codes of this status with their titles.</summary>
    /// <param name="metadata">The metadata of the endpoint.</param>
    public static string Description(int status, IEnumerable<object> metadata) => status switch
    {
        < 300 when metadata.OfType<ResponseDescription>().LastOrDefault(m => m.Status == status) is { } meaning => meaning.Description,
        200 => "Done.",
        201 => "Created.",
        202 => "Accepted.",
        204 => "Done. There is no body.",
        304 => "The response has not changed: its ETag is one of those in If-None-Match.",
        _ => string.Join(' ', Codes(status, metadata).Select(code => $"`{code}`: {ProblemCode.Title(code)}.")) + Advice(status),
    };

    /// <summary>The headers of a response.</summary>
    public static IEnumerable<HeaderDocs> Headers(int status, bool isGet)
    {
        HeaderDocs[] own = status switch
        {
            304 => [HeaderDocs.ETag],
            401 => [HeaderDocs.WwwAuthenticate],
            405 => [HeaderDocs.Allow],
            415 => [HeaderDocs.Accept, HeaderDocs.AcceptEncoding],
            429 or 503 => [HeaderDocs.RetryAfter],
            < 300 when isGet => [HeaderDocs.ETag],
            _ => [],
        };
        return status == 204 ? own : own.Append(HeaderDocs.CacheControl);
    }

    private static IEnumerable<string> Codes(int status, IEnumerable<object> metadata) =>
        metadata.OfType<DocumentedProblemCodes>().Where(c => c.Status == status).SelectMany(c => c.Codes).ToArray() is { Length: > 0 } own
            ? own
            : ProblemCode.All.Where(code => ProblemCode.Status(code) == status);

    private static string Advice(int status) => status switch
    {
        408 => " Send the request again.",
        413 => " Limits: 4 MiB of body, 10,000 events, 32 KiB of URL and headers.",
        429 or 503 => " Nothing was recorded. Send the request again after the number of seconds in Retry-After.",
        _ => "",
    };
}
