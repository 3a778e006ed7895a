using System.Reflection;
using System.Text;
using System.Text.Unicode;
using ExecutionGrains.Silo.Auth;
using ExecutionGrains.Silo.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace ExecutionGrains.Silo.Endpoints;

/// <summary>The dashboard's pages, and signing in to it. Its files are in the program, so that it starts from any folder.</summary>
public static class DashboardEndpoints
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", Home).ExcludeFromDescription();
        routes.MapGet("/dashboard.css", (HttpContext http) => File(http, "dashboard.css", "text/css; charset=utf-8")).ExcludeFromDescription();
        routes.MapGet("/dashboard.js", (HttpContext http) => File(http, "dashboard.js", "text/javascript; charset=utf-8")).ExcludeFromDescription();
        routes.MapPost("/signin", SignInAsync).ExcludeFromDescription();
        routes.MapPost("/signout", SignOut).ExcludeFromDescription();
    }

    private static IResult Home(HttpContext http, ApiKeys keys, Sessions sessions)
    {
        if (http.Request.Query["key"].ToString() is not { Length: > 0 } given)
        {
            return File(http, "index.html", "text/html; charset=utf-8");
        }

        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        if (keys.Find(given) is not { } key)
        {
            return Results.Redirect("/?signin=refused");
        }

        sessions.SignIn(http, key);
        return Results.Redirect("/");
    }

    private static async Task<IResult> SignInAsync(HttpContext http, ApiKeys keys, Sessions sessions)
    {
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || !type.MediaType.Equals(Form, StringComparison.OrdinalIgnoreCase))
        {
            return new ProblemResult(ProblemCode.UnsupportedMediaType, $"Send the field key as {Form}.");
        }

        var body = await RequestBody.ReadAsync(http.Request).ConfigureAwait(false);
        if (!Utf8.IsValid(body.Span))
        {
            return new ProblemResult(ProblemCode.Malformed, "The body is not UTF-8.");
        }

        var form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body.Span));
        if (keys.Find(form.GetValueOrDefault("key").ToString().Trim()) is not { } key)
        {
            return Results.Redirect("/?signin=refused");
        }

        sessions.SignIn(http, key);
        return Results.Redirect("/");
    }

    private static IResult SignOut(HttpContext http)
    {
        Sessions.SignOut(http);
        return Results.Redirect("/");
    }

    private static IResult File(HttpContext http, string name, string type)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        return Results.Stream(Assembly.GetExecutingAssembly().GetManifestResourceStream($"dashboard/{name}")!, type);
    }
}
