using ExecutionGrains.Hosting.Problems;
using Microsoft.AspNetCore.Authorization;

namespace ExecutionGrains.Hosting.Auth;

/// <summary>Decides whether an authenticated caller may call an endpoint. Records the reason of a refusal for the response.</summary>
public sealed class AccessHandler : AuthorizationHandler<AccessRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, AccessRequirement requirement)
    {
        if (context.Resource is HttpContext http && http.Features.Get<Credential>() is { } credential)
        {
            if (Refusal(http, requirement, credential) is { } refusal)
            {
                AccessRefusal.Note(http, refusal, isFailedSignIn: false);
            }
            else
            {
                context.Succeed(requirement);
            }
        }

        return Task.CompletedTask;
    }

    private static RequestException? Refusal(HttpContext http, AccessRequirement access, Credential credential)
    {
        if (credential.Token is { } token)
        {
            return !access.RunToken ? Forbidden("A run token may only report events of its execution.")
                : string.Equals(http.GetRouteValue("id") as string, token.ExecutionId, StringComparison.Ordinal) ? null
                : new RequestException(ProblemCode.TokenWrongExecution, "The token belongs to another execution.");
        }

        return !access.Allows(credential.Key.Role) ? Forbidden($"The call requires the role {access.Role.Word()}; the key has {credential.Key.Role.Word()}.")
            : access.Everywhere && credential.Key.Namespaces is not null ? Forbidden("The call affects all namespaces; the key has only some of them.")
            : null;
    }

    private static RequestException Forbidden(string detail) => new(ProblemCode.Forbidden, detail);
}
