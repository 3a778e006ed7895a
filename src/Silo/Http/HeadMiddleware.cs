namespace ExecutionGrains.Silo.Http;

/// <summary>Answers HEAD as GET; the server leaves the body out, because it knows the method that came.</summary>
public sealed class HeadMiddleware(RequestDelegate next)
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
