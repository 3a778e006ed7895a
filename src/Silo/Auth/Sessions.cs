using System.Globalization;
using System.Text;
using ExecutionGrains.Grains;
using ExecutionGrains.Silo.Hosting;

namespace ExecutionGrains.Silo.Auth;

/// <summary>The dashboard's cookie: which key signed in, and until when. Revoking the key ends it.</summary>
public sealed class Sessions(Signing signing, [FromKeyedServices(TrackerClock.Key)] TimeProvider time)
{
    public const string Cookie = "executiongrains";
    private const string Purpose = "egs";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    public void SignIn(HttpContext http, ApiKey key)
    {
        var expires = time.GetUtcNow() + Lifetime;
        var payload = string.Create(CultureInfo.InvariantCulture, $"{expires.ToUnixTimeSeconds()} {key.KeyId}");
        http.Response.Cookies.Append(Cookie, signing.Sign(Purpose, Encoding.UTF8.GetBytes(payload)), Shape(http));
    }

    public static void SignOut(HttpContext http) => http.Response.Cookies.Delete(Cookie, Shape(http));

    /// <summary>The id of the key that signed in; null where there is no valid session.</summary>
    public string? KeyId(HttpContext http)
    {
        if (http.Request.Cookies[Cookie] is not { } cookie || signing.Open(Purpose, cookie) is not { } payload)
        {
            return null;
        }

        return Encoding.UTF8.GetString(payload).Split(' ', 2) is [var until, var keyId]
            && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            && time.GetUtcNow().ToUnixTimeSeconds() < expires
            ? keyId
            : null;
    }

    /// <summary>
    /// Whether a page of another origin makes this request with the browser's cookie. SameSite does not see to it alone: another port of
    /// one machine is the same site.
    /// </summary>
    public static bool IsForeign(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
        && request.Headers.Origin.ToString() is { Length: > 0 } origin
        && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);

    private static CookieOptions Shape(HttpContext http) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps,
        Path = "/",
        IsEssential = true,
    };
}
