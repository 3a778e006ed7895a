using ExecutionGrains.Hosting.Auth;
using ExecutionGrains.Hosting.Description;
using ExecutionGrains.Hosting.Problems;

namespace ExecutionGrains.Hosting.Http;

/// <summary>
/// Refuses query parameters, content types and content encodings that the endpoint does not accept; it would ignore or misread them. Also a last check that no
/// route without an authorization policy is served.
/// </summary>
public sealed class RequestValidationMiddleware(RequestDelegate next)
{
    private const string Encodings = "gzip, br";

    public Task InvokeAsync(HttpContext http)
    {
        if (Policies.IsMissing(http.GetEndpoint()))
        {
            throw new InvalidOperationException($"The endpoint {http.GetEndpoint()?.DisplayName} has no authorization policy.");
        }

        var asks = http.GetEndpoint()?.Metadata;
        var none = asks?.GetMetadata<AccessRequirement>() is null ? null : AcceptedQueryParameters.None;
        if ((asks?.GetMetadata<AcceptedQueryParameters>() ?? none) is { } known)
        {
            Query.RefuseUnknown(http.Request.Query, known.Names);
        }

        if (asks?.GetMetadata<AcceptedContentTypes>() is { } types && !types.Take(http.Request.ContentType))
        {
            var taken = string.Join(", ", types.Names);
            http.Response.Headers.Accept = taken;
            return new ProblemResult(ProblemCode.UnsupportedMediaType, $"The Content-Type must be one of {taken}.").ExecuteAsync(http);
        }

        var encoding = http.Request.Headers.ContentEncoding.ToString().Trim();
        if (encoding.Length == 0 || IsTaken(encoding))
        {
            return next(http);
        }

        if (encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            http.Request.Headers.ContentEncoding = default;
            return next(http);
        }

        http.Response.Headers.AcceptEncoding = Encodings;
        return new ProblemResult(ProblemCode.UnsupportedMediaType, $"The Content-Encoding, if any, must be one of {Encodings}.").ExecuteAsync(http);
    }

    private static bool IsTaken(string encoding) =>
        encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase) || encoding.Equals("br", StringComparison.OrdinalIgnoreCase);
}
