namespace ExecutionGrains.Silo.Http;

/// <summary>What the OpenAPI document says about the answers of one status.</summary>
internal static class AnswerShape
{
    /// <summary>The meaning of a success, or what each problem code of the status says.</summary>
    /// <param name="metadata">Of the endpoint.</param>
    public static string Description(int status, IEnumerable<object> metadata) => status switch
    {
        < 300 when metadata.OfType<AnswerMeaning>().LastOrDefault(m => m.Status == status) is { } meaning => meaning.Description,
        200 => "Done.",
        201 => "Created.",
        202 => "Accepted.",
        204 => "Done. There is no body.",
        304 => "The answer is unchanged since the one whose tag the request names in If-None-Match.",
        _ => string.Join(' ', Codes(status, metadata).Select(code => $"`{code}`: {ProblemCode.Title(code)}.")) + Advice(status),
    };

    /// <summary>The headers of an answer.</summary>
    public static IEnumerable<HeaderShape> Headers(int status, bool isGet)
    {
        HeaderShape[] own = status switch
        {
            304 => [HeaderShape.ETag],
            401 => [HeaderShape.WwwAuthenticate],
            405 => [HeaderShape.Allow],
            415 => [HeaderShape.Accept, HeaderShape.AcceptEncoding],
            429 or 503 => [HeaderShape.RetryAfter],
            < 300 when isGet => [HeaderShape.ETag],
            _ => [],
        };
        return status == 204 ? own : own.Append(HeaderShape.CacheControl);
    }

    private static IEnumerable<string> Codes(int status, IEnumerable<object> metadata) =>
        metadata.OfType<RefusalCodes>().Where(c => c.Status == status).SelectMany(c => c.Codes).ToArray() is { Length: > 0 } own
            ? own
            : ProblemCode.All.Where(code => ProblemCode.Status(code) == status);

    private static string Advice(int status) => status switch
    {
        408 => " Send it again.",
        413 => " At most 4 MiB of body, 10,000 events, and 32 KiB of address and headers are taken.",
        429 or 503 => " Nothing was recorded. Send the request again after the seconds in Retry-After.",
        _ => "",
    };
}
