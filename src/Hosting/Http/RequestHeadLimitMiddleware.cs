using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Rules;
using Microsoft.AspNetCore.Http.Features;

namespace ExecutionGrains.Hosting.Http;

/// <summary>Refuses requests whose request line and headers have more than 32 KiB.</summary>
public sealed class RequestHeadLimitMiddleware(RequestDelegate next)
{
    /// <summary>Bytes of the request line besides its target: method, version and separators, rounded up.</summary>
    private const int LineExtra = 16;

    /// <summary>Bytes of a header line besides name and value: colon, space and CRLF.</summary>
    private const int HeaderExtra = 4;

    public Task InvokeAsync(HttpContext http)
    {
        var size = SizeOf(http);
        if (size <= Limits.HeadBytesMax)
        {
            return next(http);
        }

        var detail = $"The URL and the headers have {size} bytes; at most {Limits.HeadBytesMax} are allowed.";
        return new ProblemResult(ProblemCode.RequestTooLarge, detail).ExecuteAsync(http);
    }

    private static long SizeOf(HttpContext http)
    {
        long size = LineExtra + (http.Features.Get<IHttpRequestFeature>()?.RawTarget.Length ?? 0);
        foreach (var (name, values) in http.Request.Headers)
        {
            foreach (var value in values)
            {
                size += name.Length + (value?.Length ?? 0) + HeaderExtra;
            }
        }

        return size;
    }
}
