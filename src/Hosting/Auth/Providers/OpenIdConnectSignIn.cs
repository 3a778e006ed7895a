using ExecutionGrains.Hosting.Auth.Audit;
using ExecutionGrains.Hosting.Auth.Browser;
using ExecutionGrains.Hosting.Auth.RateLimits;
using ExecutionGrains.Hosting.Settings;
using Microsoft.AspNetCore.Authentication;

namespace ExecutionGrains.Hosting.Auth.Providers;

/// <summary>Opens a dashboard session after a sign-in with the OpenID Connect identity provider.</summary>
internal static class OpenIdConnectSignIn
{
    /// <summary>Path that starts the sign-in by redirecting to the identity provider.</summary>
    public const string Path = "/signin/oidc";

    /// <summary>Path that the identity provider redirects back to. It must be registered with the provider.</summary>
    public const string CallbackPath = "/signin/oidc/callback";

    public static Task ReceiveAsync(TicketReceivedContext context, ClaimMapping mapping)
    {
        var http = context.HttpContext;
        var reading = ExternalCaller.Read("oidc", context.Principal!, mapping);
        if (reading.Credential is { } credential && http.RequestServices.GetRequiredService<SessionCookies>().TrySignIn(http, credential.Cause))
        {
            http.RequestServices.GetRequiredService<AuditWriter>().SignedIn(http, credential.Key);
            http.Response.Redirect(DashboardPath(http));
        }
        else
        {
            Refuse(http);
        }

        context.HandleResponse();
        return Task.CompletedTask;
    }

    public static Task FailAsync(RemoteFailureContext context)
    {
        Refuse(context.HttpContext);
        context.HandleResponse();
        return Task.CompletedTask;
    }

    private static string DashboardPath(HttpContext http) => http.RequestServices.GetRequiredService<ExecutionGrainsOptions>().DashboardPath;

    private static void Refuse(HttpContext http)
    {
        http.RequestServices.GetRequiredService<FailedSignInLimiter>().Count(http);
        http.Response.Redirect($"{DashboardPath(http)}?signin=refused");
    }
}
