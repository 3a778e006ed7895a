using System.Reflection;
using System.Text;
using System.Text.Unicode;
using ExecutionGrains.Hosting.Auth;
using ExecutionGrains.Hosting.Auth.Audit;
using ExecutionGrains.Hosting.Auth.Browser;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Auth.Providers;
using ExecutionGrains.Hosting.Auth.RateLimits;
using ExecutionGrains.Hosting.Auth.Schemes;
using ExecutionGrains.Hosting.Http;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Rules;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace ExecutionGrains.Hosting.Endpoints;

/// <summary>
/// The dashboard's files, sign-in and sign-out. The files are embedded in the assembly, so the silo serves them whatever its working folder is.
/// </summary>
public static class DashboardEndpoints
{
    private const string Form = "application/x-www-form-urlencoded";
    private const int CodeLengthMax = 128;

    private const string CodePage = """
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <meta name="color-scheme" content="light dark">
          <title>Sign in · ExecutionGrains</title>
          <link rel="stylesheet" href="/dashboard.css">
          <link rel="icon" href="data:,">
        </head>
        <body>
          <main>
            <form class="card" method="post" action="/signin">
              <h1>Sign in</h1>
              <p class="note">This link works once, within ten minutes after it was created.</p>
              <input type="hidden" name="code" value="{code}">
              <button autofocus>Sign in</button>
            </form>
          </main>
        </body>
        </html>
        """;

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        + "frame-ancestors 'none'";

    public static void Map(IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup("").AllowAnonymous();
        routes.MapGet(app.ServiceProvider.GetRequiredService<ExecutionGrainsOptions>().DashboardPath, Home).ExcludeFromDescription();
        routes.MapGet("/dashboard.css", (HttpContext http) => File(http, "dashboard.css", "text/css; charset=utf-8")).ExcludeFromDescription();
        routes.MapGet("/dashboard.js", (HttpContext http) => File(http, "dashboard.js", "text/javascript; charset=utf-8")).ExcludeFromDescription();
        routes.MapGet("/signin/methods", Methods).ExcludeFromDescription();
        routes.MapGet(OpenIdConnectSignIn.Path, Challenge).ExcludeFromDescription();
        routes.MapPost("/signin", SignInAsync).ExcludeFromDescription();
        routes.MapPost("/signout", SignOutAsync).ExcludeFromDescription();
    }

    /// <summary>
    /// The dashboard. For the link that the silo prints at startup, which contains a one-time code, a page whose form submits the code: a GET alone must not
    /// use the code up, because link previews send one.
    /// </summary>
    private static IResult Home(HttpContext http, ExecutionGrainsOptions options)
    {
        var code = http.Request.Query["code"].ToString();
        if (code.Length == 0)
        {
            return File(http, "index.html", "text/html; charset=utf-8");
        }

        if (code.Length > CodeLengthMax || code.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
        {
            return Results.Redirect($"{options.DashboardPath}?signin=refused");
        }

        Shape(http);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Text(CodePage.Replace("{code}", code, StringComparison.Ordinal), "text/html", Encoding.UTF8);
    }

    /// <summary>The ways to sign in that are configured, for the sign-in page.</summary>
    private static IResult Methods(ExecutionGrainsOptions options) =>
        JsonResponse.Json(new SignInMethodsView(options.OpenIdConnect is not null), ApiJson.Default.SignInMethodsView);

    private static IResult Challenge(ExecutionGrainsOptions options) => options.OpenIdConnect is null
        ? new ProblemResult(ProblemCode.NotFound, "No identity provider is configured.")
        : Results.Challenge(null, [SchemeNames.OpenIdConnect]);

    private static async Task<IResult> SignInAsync(
        HttpContext http,
        ApiKeyCache keys,
        OneTimeCodes codes,
        SessionCookies sessions,
        FailedSignInLimiter failed,
        AuditWriter trail,
        ExecutionGrainsOptions options)
    {
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || !type.MediaType.Equals(Form, StringComparison.OrdinalIgnoreCase))
        {
            return new ProblemResult(ProblemCode.UnsupportedMediaType, $"Send the field key as {Form}.");
        }

        if (CrossOrigin.IsForeign(http.Request))
        {
            return Foreign();
        }

        var body = await RequestBody.ReadAsync(http.Request, Limits.SignInBytesMax).ConfigureAwait(false);
        if (!Utf8.IsValid(body.Span))
        {
            return new ProblemResult(ProblemCode.Malformed, "The body is not UTF-8.");
        }

        var form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body.Span));
        var found = form.GetValueOrDefault("code").ToString() is { Length: > 0 } code
            ? codes.Spend(code) is { } keyId ? keys.ById(keyId) : null
            : keys.Find(form.GetValueOrDefault("key").ToString().Trim());
        if (found is not { } key)
        {
            return failed.Count(http) is { } retryAfter ? FailedSignInLimiter.TooMany(retryAfter) : Results.Redirect($"{options.DashboardPath}?signin=refused");
        }

        sessions.SignIn(http, key);
        trail.SignedIn(http, key);
        return Results.Redirect(options.DashboardPath);
    }

    private static async Task<IResult> SignOutAsync(
        HttpContext http, SessionCookies sessions, CallerResolver callers, AuditWriter trail, ExecutionGrainsOptions options)
    {
        if (CrossOrigin.IsForeign(http.Request))
        {
            return Foreign();
        }

        if (await sessions.SignOutAsync(http).ConfigureAwait(false) is { } ended)
        {
            trail.SignedOut(http, callers.ById(ended.Cause));
        }

        return Results.Redirect(options.DashboardPath);
    }

    /// <summary>The refusal of a cross-origin form: a foreign page could sign a browser out, or in with a key of its own.</summary>
    private static ProblemResult Foreign() => new(ProblemCode.Forbidden, "Sign in and out on the dashboard's own page.");

    private static void Shape(HttpContext http) => http.Response.Headers.ContentSecurityPolicy = Policy;

    private static IResult File(HttpContext http, string name, string type)
    {
        Shape(http);
        http.Response.Headers.CacheControl = "no-cache";
        return Results.Stream(Assembly.GetExecutingAssembly().GetManifestResourceStream($"dashboard/{name}")!, type);
    }
}
