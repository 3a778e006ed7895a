namespace ExecutionGrains.Silo.Auth;

/// <summary>Whether a browser was led to make a request by a page of another origin.</summary>
public static class CrossOrigin
{
    /// <summary>
    /// True for a request that may change something and that the browser says came from elsewhere: by <c>Sec-Fetch-Site</c>, else by <c>Origin</c>. SameSite
    /// is not enough: another port of one machine is the same site. Programs that are no browsers send neither header. Where a browser sends both, the first
    /// decides: the forms of our own pages, which tell no referrer, come with <c>Origin: null</c>.
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
