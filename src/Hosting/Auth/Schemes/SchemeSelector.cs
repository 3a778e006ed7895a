using ExecutionGrains.Hosting.Auth.Browser;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Auth.Tokens;
using ExecutionGrains.Hosting.Settings;

namespace ExecutionGrains.Hosting.Auth.Schemes;

/// <summary>
/// Selects the authentication scheme of a request by its credential. A valid key takes precedence over the other forms, because a bootstrap key is free text
/// and may look like a token.
/// </summary>
public sealed class SchemeSelector(ApiKeyCache keys, ExecutionGrainsOptions options)
{
    private const string JwtStart = "eyJ";

    public string Of(HttpContext http)
    {
        if (http.Request.Headers.Authorization.Count == 0 || http.Request.Headers.Authorization.ToString().Length == 0)
        {
            return options.Certificates is not null && !SessionCookies.HasCookie(http.Request) && http.Connection.ClientCertificate is not null
                ? SchemeNames.Certificate
                : SchemeNames.Session;
        }

        if (CredentialHandler.BearerText(http.Request) is not { } text || keys.Find(text) is not null)
        {
            return SchemeNames.ApiKey;
        }

        if (RunTokenIssuer.LooksLikeOne(text))
        {
            return SchemeNames.RunToken;
        }

        if (options.Jwt is not null && text.StartsWith(JwtStart, StringComparison.Ordinal) && text.AsSpan().Count('.') == 2)
        {
            return SchemeNames.Jwt;
        }

        var takesTokens = http.GetEndpoint()?.Metadata.GetMetadata<AccessRequirement>() is { RunToken: true };
        return takesTokens && !text.StartsWith(ApiKey.Prefix, StringComparison.Ordinal) ? SchemeNames.RunToken : SchemeNames.ApiKey;
    }
}
