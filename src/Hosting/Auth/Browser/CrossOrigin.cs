namespace ExecutionGrains.Hosting.Auth.Browser;

/// <summary>Detects cross-site request forgery: requests that a page of another origin makes a browser send.</summary>
public static class CrossOrigin
{
    /// <summary>
    /// True for a request other than GET and HEAD that comes from another origin according to <c>Sec-Fetch-Site</c>, or without that header according to
    /// <c>Origin</c>. SameSite cookies are not sufficient, because another port of the same host is the same site. Clients other than browsers send neither
    /// header. <c>Sec-Fetch-Site</c> takes precedence, because our own pages forbid referrers and their forms therefore send <c>Origin: null</c>.
    /// </summary>
    public static bool IsForeign(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return false;
        }

        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            return site is not ("same-origin" or "none");
        }

        return request.Headers.Origin.ToString() is { Length: > 0 } origin
            && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
