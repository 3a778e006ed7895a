using ExecutionGrains.Hosting.Auth.Schemes;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Hosting.Settings;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

namespace ExecutionGrains.Hosting.Auth.Providers;

/// <summary>Handlers for JWT bearer tokens: read the caller from the claims of a verified token, and record why others are refused.</summary>
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
                reading.Credential!.SetOn(context.HttpContext);
                context.Principal = reading.Credential!.Principal(SchemeNames.Jwt);
            }

            return Task.CompletedTask;
        },
        OnAuthenticationFailed = async context =>
        {
            var refusal = await IsIssuerAwayAsync(context).ConfigureAwait(false) ? IssuerAway() : Refusal(context.Exception);
            Refuse(context.HttpContext, refusal);
            context.Fail(refusal);
        },
    };

    private static RequestException Refusal(Exception failure) => failure switch
    {
        SecurityTokenExpiredException => new RequestException(ProblemCode.TokenExpired, "The token has expired."),
        SecurityTokenInvalidAudienceException => new RequestException(ProblemCode.TokenInvalid, "The token was issued for another audience."),
        SecurityTokenInvalidIssuerException => new RequestException(ProblemCode.TokenInvalid, "The token was issued by another issuer."),
        SecurityTokenNotYetValidException => new RequestException(ProblemCode.TokenInvalid, "The token is not valid yet."),
        SecurityTokenException or ArgumentException =>
            new RequestException(ProblemCode.TokenInvalid, "The token is not a valid JWT signed by the issuer."),
        _ => IssuerAway(),
    };

    private static RequestException IssuerAway() => new(ProblemCode.StoreUnavailable, "The issuer of the token could not be reached; try again.");

    /// <summary>
    /// Whether validation failed because the issuer's keys could not be fetched. Without them a valid token looks like one of another issuer. The response
    /// must then be 503, so that its holder retries instead of giving up.
    /// </summary>
    private static async Task<bool> IsIssuerAwayAsync(AuthenticationFailedContext context)
    {
        if (context.Exception is not (SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidIssuerException)
            || context.Options.ConfigurationManager is not { } configuration)
        {
            return false;
        }

        try
        {
            await configuration.GetConfigurationAsync(context.HttpContext.RequestAborted).ConfigureAwait(false);
            return false;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or HttpRequestException)
        {
            return true;
        }
    }

    private static void Refuse(HttpContext http, RequestException refusal) =>
        AccessRefusal.Note(http, refusal, isFailedSignIn: AccessRefusal.IsGuess(refusal));
}
