using ExecutionGrains.Rules;
using Microsoft.AspNetCore.Http.Features;

namespace ExecutionGrains.Silo.Http;

/// <summary>Refuses a request head of more than 32 KiB: the request line with its address, and the headers.</summary>
public sealed class HeadSizeMiddleware(RequestDelegate next)
{
    /// <summary>The method, the version and what separates them.</summary>
    private const int LineExtra = 16;

    /// <summary>Colon, blank, and the end of the line.</summary>
    private const int HeaderExtra = 4;

    public Task InvokeAsync(HttpContext http)
    {
        var size = SizeOf(http);
        if (size <= Limits.HeadBytes)
        {
            return next(http);
        }

        var detail = $"The address and the headers have {size} bytes; at most {Limits.HeadBytes} are taken.";
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
