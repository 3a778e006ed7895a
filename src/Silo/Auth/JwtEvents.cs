using ExecutionGrains.Silo.Http;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

namespace ExecutionGrains.Silo.Auth;

/// <summary>Reads callers from verified JWTs, and says why others are refused.</summary>
internal static class JwtEvents
{
    public static JwtBearerEvents Of(JwtSettings settings) => new()
    {
        OnTokenValidated = context =>
        {
            var reading = ExternalCaller.Read("jwt", context.Principal!, settings.Claims);
            if (reading.Refusal is { } refusal)
            {
                Refuse(context.HttpContext, refusal);
                context.Fail(refusal);
            }
            else
            {
                context.HttpContext.Features.Set(reading.Credential);
                context.Principal = reading.Credential!.Principal(SchemeNames.Jwt);
            }

            return Task.CompletedTask;
        },
        OnAuthenticationFailed = context =>
        {
            var refusal = Refusal(context.Exception);
            Refuse(context.HttpContext, refusal);
            context.Fail(refusal);
            return Task.CompletedTask;
        },
    };

    private static RequestProblem Refusal(Exception failure) => failure switch
    {
        SecurityTokenExpiredException => new RequestProblem(ProblemCode.TokenExpired, "The token has expired."),
        SecurityTokenInvalidAudienceException => new RequestProblem(ProblemCode.TokenInvalid, "The token is for another audience."),
        SecurityTokenInvalidIssuerException => new RequestProblem(ProblemCode.TokenInvalid, "The token is of another issuer."),
        SecurityTokenNotYetValidException => new RequestProblem(ProblemCode.TokenInvalid, "The token is not valid yet."),
        SecurityTokenException or ArgumentException =>
            new RequestProblem(ProblemCode.TokenInvalid, "The token is not signed by the issuer, or not a JWT that it would make."),
        _ => new RequestProblem(ProblemCode.StoreUnavailable, "The issuer of the token could not be reached; try again."),
    };

    private static void Refuse(HttpContext http, RequestProblem refusal) =>
        AccessRefusal.Note(http, refusal, isFailedSignIn: AccessRefusal.IsGuess(refusal));
}
