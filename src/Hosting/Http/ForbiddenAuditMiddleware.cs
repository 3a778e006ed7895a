using ExecutionGrains.Hosting.Auth;
using ExecutionGrains.Hosting.Auth.Audit;
using ExecutionGrains.Hosting.Settings;

namespace ExecutionGrains.Hosting.Http;

/// <summary>
/// Records operator and admin calls that were answered 403 in the audit log. It looks at the status, because the authorization policy, the endpoint and the
/// grain may each refuse a call.
/// </summary>
public sealed class ForbiddenAuditMiddleware(RequestDelegate next, AuditWriter trail)
{
    public async Task InvokeAsync(HttpContext http)
    {
        await next(http).ConfigureAwait(false);
        if (http.Response.StatusCode == StatusCodes.Status403Forbidden && http.GetEndpoint() is RouteEndpoint endpoint
            && endpoint.Metadata.GetMetadata<AccessRequirement>() is { Role: Role.Operator or Role.Admin })
        {
            trail.RefusedAction(http, http.Features.Get<Credential>()?.Key, $"{http.Request.Method} {endpoint.RoutePattern.RawText}");
        }
    }
}
