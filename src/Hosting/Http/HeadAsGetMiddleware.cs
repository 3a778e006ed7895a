namespace ExecutionGrains.Hosting.Http;

/// <summary>
/// Handles HEAD as GET, so that the headers are the same. The server does not send the body, because it keeps the original method.
/// </summary>
public sealed class HeadAsGetMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await next(http).ConfigureAwait(false);
            return;
        }

        http.Request.Method = HttpMethods.Get;
        try
        {
            await next(http).ConfigureAwait(false);
        }
        finally
        {
            http.Request.Method = HttpMethods.Head;
        }
    }
}
