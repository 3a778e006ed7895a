namespace ExecutionGrains.Silo.Http;

/// <summary>Headers of every answer that tell browsers and caches what not to do with it, where the answer does not say otherwise.</summary>
public sealed class AnswerHeadersMiddleware(RequestDelegate next)
{
    /// <summary>Answers of the API are no pages.</summary>
    private const string Policy = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>Orleans's dashboard brings its own scripts and styles, some of them inline.</summary>
    private const string OrleansPolicy =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        + "frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext http)
    {
        http.Response.OnStarting(static state => Write((HttpContext)state), http);
        return next(http);
    }

    private static Task Write(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (headers.ContentSecurityPolicy.Count == 0)
        {
            headers.ContentSecurityPolicy = http.Request.Path.StartsWithSegments("/orleans") ? OrleansPolicy : Policy;
        }

        if (headers.CacheControl.Count == 0)
        {
            headers.CacheControl = "no-store";
        }

        if (http.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }

        return Task.CompletedTask;
    }
}
