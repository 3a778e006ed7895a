using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ExecutionGrains.Grains;
using ExecutionGrains.Silo.Hosting;

namespace ExecutionGrains.Silo.Auth;

/// <summary>The dashboard's cookie: who signed in, and until when. Signing out, and revoking the key, ends it on every silo.</summary>
public sealed class Sessions(Signing signing, EndedSessions ended, [FromKeyedServices(TrackerClock.Key)] TimeProvider time)
{
    public const string Cookie = "executiongrains";

    /// <summary>Over https: a browser takes this name from this host alone, over https, for all paths.</summary>
    public const string SecureCookie = "__Host-executiongrains";

    private const string Purpose = "egs";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    public void SignIn(HttpContext http, ApiKey key) => SignIn(http, key.KeyId);

    /// <param name="cause">As <see cref="Callers.ById"/> reads it.</param>
    public void SignIn(HttpContext http, string cause)
    {
        var expires = time.GetUtcNow() + Lifetime;
        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        var payload = string.Create(CultureInfo.InvariantCulture, $"{expires.ToUnixTimeSeconds()} {id} {cause}");
        http.Response.Cookies.Append(NameFor(http), signing.Sign(Purpose, Encoding.UTF8.GetBytes(payload)), Shape(http));
    }

    /// <summary>Ends the session on every silo, and takes the cookie away.</summary>
    /// <returns>The session that ended; null where there was none.</returns>
    public async Task<Session?> SignOutAsync(HttpContext http)
    {
        var session = Read(http);
        if (session is not null)
        {
            // The caller who goes away does not interrupt it.
            await ended.EndAsync(session, CancellationToken.None).ConfigureAwait(false);
        }

        http.Response.Cookies.Delete(NameFor(http), Shape(http));
        return session;
    }

    /// <summary>The session of the request; null where it has none, or one that is over.</summary>
    public async ValueTask<Session?> FindAsync(HttpContext http) =>
        Read(http) is { } session && !await ended.HasAsync(session, http.RequestAborted).ConfigureAwait(false) ? session : null;

    private Session? Read(HttpContext http)
    {
        if (http.Request.Cookies[NameFor(http)] is not { } cookie || signing.Open(Purpose, cookie) is not { } payload)
        {
            return null;
        }

        return Encoding.UTF8.GetString(payload).Split(' ', 3) is [var until, var id, var cause]
            && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            && time.GetUtcNow().ToUnixTimeSeconds() < expires
            ? new Session(id, cause, DateTimeOffset.FromUnixTimeSeconds(expires))
            : null;
    }

    /// <summary>Whether a cookie was sent, whatever it says.</summary>
    public static bool HasCookie(HttpRequest request) => request.Cookies.ContainsKey(NameFor(request.HttpContext));

    private static string NameFor(HttpContext http) => http.Request.IsHttps ? SecureCookie : Cookie;

    /// <summary>Lax, so that a link and the way back from an identity provider arrive signed in; <see cref="CrossOrigin"/> keeps foreign pages out.</summary>
    private static CookieOptions Shape(HttpContext http) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = http.Request.IsHttps,
        Path = "/",
        IsEssential = true,
    };
}
