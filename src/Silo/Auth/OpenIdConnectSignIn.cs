using Microsoft.AspNetCore.Authentication;

namespace ExecutionGrains.Silo.Auth;

/// <summary>Makes a session of a sign-in with the identity provider.</summary>
internal static class OpenIdConnectSignIn
{
    /// <summary>Where a person is sent who is to sign in.</summary>
    public const string Path = "/signin/oidc";

    /// <summary>Where the identity provider sends them back to; to be registered there.</summary>
    public const string CallbackPath = "/signin/oidc/callback";

    private const string Home = "/";
    private const string RefusedPage = "/?signin=refused";

    public static Task ReceiveAsync(TicketReceivedContext context, ClaimMapping mapping)
    {
        var http = context.HttpContext;
        var reading = ExternalCaller.Read("oidc", context.Principal!, mapping);
        if (reading.Credential is { } credential)
        {
            http.RequestServices.GetRequiredService<Sessions>().SignIn(http, credential.Cause);
            http.RequestServices.GetRequiredService<AuditTrail>().SignedIn(http, credential.Key);
            http.Response.Redirect(Home);
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

    private static void Refuse(HttpContext http)
    {
        http.RequestServices.GetRequiredService<FailedSignIns>().Count(http);
        http.Response.Redirect(RefusedPage);
    }
}
