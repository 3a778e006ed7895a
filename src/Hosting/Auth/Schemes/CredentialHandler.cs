using System.Text.Encodings.Web;
using ExecutionGrains.Hosting.Auth.Browser;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ExecutionGrains.Hosting.Auth.Schemes;

/// <summary>Base of this project's own authentication schemes. Stores the credential, or the reason of a refusal, as a feature of the request.</summary>
public abstract class CredentialHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    private const string Bearer = "Bearer ";

    /// <summary>The text after <c>Bearer</c>; null if the header is missing or names another scheme.</summary>
    internal static string? BearerText(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : null;
    }

    protected abstract ValueTask<CredentialResult> ReadAsync();

    private static bool HasCredential(HttpRequest request) => request.Headers.Authorization.Count > 0 || SessionCookies.HasCookie(request);

    protected sealed override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var reading = await ReadAsync().ConfigureAwait(false);
        if (reading.Refusal is { } refusal)
        {
            AccessRefusal.Note(Context, refusal, AccessRefusal.IsGuess(refusal) && HasCredential(Request));
            return AuthenticateResult.Fail(refusal);
        }

        var credential = reading.Credential!;
        credential.SetOn(Context);
        return AuthenticateResult.Success(new AuthenticationTicket(credential.Principal(Scheme.Name), Scheme.Name));
    }
}
