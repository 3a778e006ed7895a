using ExecutionGrains.Hosting.Auth.RateLimits;
using ExecutionGrains.Hosting.Problems;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace ExecutionGrains.Hosting.Auth;

/// <summary>Answers a refused request with the recorded problem. Counts failed sign-ins; answers 429 if the address has had too many.</summary>
public sealed class AccessResultHandler(FailedSignInLimiter failed) : IAuthorizationMiddlewareResultHandler
{
    /// <summary>The refusal if no reason was recorded: a library's authentication scheme may fail without one.</summary>
    private static readonly AccessRefusal Unexplained = new(new RequestException(ProblemCode.Unauthorized, "Send Authorization: Bearer with a key."), true);

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            return next(context);
        }

        var refusal = context.Features.Get<AccessRefusal>() ?? Unexplained;
        return refusal.IsFailedSignIn && failed.Count(context) is { } retryAfter
            ? FailedSignInLimiter.TooMany(retryAfter).ExecuteAsync(context)
            : new ProblemResult(refusal.Problem.Code, refusal.Problem.Message, refusal.Problem.Errors).ExecuteAsync(context);
    }
}
