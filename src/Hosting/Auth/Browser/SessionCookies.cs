using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Auth.Tokens;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace ExecutionGrains.Hosting.Auth.Browser;

/// <summary>
/// Reads and writes the dashboard's session cookie: a signed text with the expiry, the session's id and the caller. Sessions live 12 h. Signing out, or
/// revoking the caller's key, ends a session on every silo.
/// </summary>
public sealed class SessionCookies(PayloadSigner signing, SessionRevocations ended, [FromKeyedServices(TrackerClock.Key)] TimeProvider time)
{
    /// <summary>Name of the cookie over http.</summary>
    public const string Cookie = "executiongrains";

    /// <summary>
    /// Name of the cookie over https. Browsers accept the prefix <c>__Host-</c> only for a cookie that is secure, set by this very host, and valid for all
    /// paths, so no subdomain or http page can set it.
    /// </summary>
    public const string SecureCookie = "__Host-executiongrains";

    private const string Purpose = "egs";

    /// <summary>
    /// Longest session in the cookies, in characters. 16,384, half of the longest request head. A caller of an identity provider may have 64 namespaces, whose
    /// names the session contains.
    /// </summary>
    private const int LengthMax = 16_384;

    /// <summary>Browsers keep cookies of at most 4 KiB, so a longer session is split into several.</summary>
    private static readonly ChunkingCookieManager Chunks = new() { ThrowForPartialCookies = false };
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    public void SignIn(HttpContext http, ApiKey key) => TrySignIn(http, key.KeyId);

    /// <param name="cause">Identifies the caller (<see cref="Credential.Cause"/>).</param>
    /// <returns>False: the session would not fit in cookies, and there is none.</returns>
    public bool TrySignIn(HttpContext http, string cause)
    {
        var expires = time.GetUtcNow() + Lifetime;
        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        var payload = string.Create(CultureInfo.InvariantCulture, $"{expires.ToUnixTimeSeconds()} {id} {cause}");
        var session = signing.Sign(Purpose, Encoding.UTF8.GetBytes(payload));
        if (session.Length > LengthMax)
        {
            return false;
        }

        Chunks.AppendResponseCookie(http, NameFor(http), session, Shape(http));
        return true;
    }

    /// <summary>Ends the session on every silo and deletes the cookie.</summary>
    /// <returns>The session that ended; null: the request had no valid cookie.</returns>
    /// <inheritdoc cref="SessionRevocations.EndAsync" path="/exception"/>
    public async Task<Session?> SignOutAsync(HttpContext http)
    {
        var session = Read(http);
        if (session is not null)
        {
            // A sign-out must complete even if the client disconnects.
            await ended.EndAsync(session, CancellationToken.None).ConfigureAwait(false);
        }

        Chunks.DeleteCookie(http, NameFor(http), Shape(http));
        return session;
    }

    /// <summary>The session of the request; null if it has none, or one that has expired or was signed out.</summary>
    /// <inheritdoc cref="SessionRevocations.HasAsync" path="/exception"/>
    public async ValueTask<Session?> FindAsync(HttpContext http) =>
        Read(http) is { } session && !await ended.HasAsync(session, http.RequestAborted).ConfigureAwait(false) ? session : null;

    private Session? Read(HttpContext http)
    {
        if (Chunks.GetRequestCookie(http, NameFor(http)) is not { } cookie || signing.Open(Purpose, cookie) is not { } payload)
        {
            return null;
        }

        return Encoding.UTF8.GetString(payload).Split(' ', 3) is [var until, var id, var cause]
            && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            && time.GetUtcNow().ToUnixTimeSeconds() < expires
            ? new Session(id, cause, DateTimeOffset.FromUnixTimeSeconds(expires))
            : null;
    }

    /// <summary>Whether the request has a session cookie, valid or not.</summary>
    public static bool HasCookie(HttpRequest request) => request.Cookies.ContainsKey(NameFor(request.HttpContext));

    private static string NameFor(HttpContext http) => http.Request.IsHttps ? SecureCookie : Cookie;

    /// <summary>
    /// SameSite is Lax, so that requests from a link and the redirect from an identity provider carry the cookie. <see cref="CrossOrigin"/> refuses the
    /// requests of other origins that Lax still admits.
    /// </summary>
    private static CookieOptions Shape(HttpContext http) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = http.Request.IsHttps,
        Path = "/",
        IsEssential = true,
    };
}
