using ExecutionGrains.Hosting.Auth.RateLimits;
using ExecutionGrains.Hosting.Problems;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace ExecutionGrains.Hosting.Auth;

/// <summary>
/// Answers a refused request of the tracker's endpoints with the recorded problem. Counts failed sign-ins; answers 429 if the address has had too many.
/// ASP.NET Core answers for the app's other endpoints.
/// </summary>
public sealed class AccessResultHandler(FailedSignInLimiter failed) : IAuthorizationMiddlewareResultHandler
{
    /// <summary>The refusal if no reason was recorded: a library's authentication scheme may fail without one.</summary>
    private static readonly AccessRefusal Unexplained = new(new RequestException(ProblemCode.Unauthorized, "Send Authorization: Bearer with a key."), true);

    private readonly AuthorizationMiddlewareResultHandler _others = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            return next(context);
        }

        if (context.GetEndpoint()?.Metadata.GetMetadata<AccessRequirement>() is null)
        {
            return _others.HandleAsync(next, context, policy, authorizeResult);
        }

        var refusal = context.Features.Get<AccessRefusal>() ?? Unexplained;
        return refusal.IsFailedSignIn && failed.Count(context) is { } retryAfter
            ? FailedSignInLimiter.TooMany(retryAfter).ExecuteAsync(context)
            : new ProblemResult(refusal.Problem.Code, refusal.Problem.Message, refusal.Problem.Errors).ExecuteAsync(context);
    }
}
