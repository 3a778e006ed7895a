namespace ExecutionGrains.Hosting.Http;

/// <summary>
/// Adds the security and caching headers to every response. An endpoint's own <c>Content-Security-Policy</c> and <c>Cache-Control</c> are kept.
/// </summary>
public sealed class ResponseHeadersMiddleware(RequestDelegate next)
{
    /// <summary>Content security policy of the API: its responses are not pages, so nothing may be loaded.</summary>
    private const string Policy = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>Content security policy of Orleans's dashboard, which uses inline scripts and styles.</summary>
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
