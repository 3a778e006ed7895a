using System.Text.Encodings.Web;
using ExecutionGrains.Hosting.Auth.Tokens;
using ExecutionGrains.Hosting.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ExecutionGrains.Hosting.Auth.Schemes;

/// <summary>Authenticates run tokens, sent as <c>Authorization: Bearer</c>. The endpoint's policy checks the execution, the grain checks the epoch.</summary>
public sealed class RunTokenHandler(
    Callers callers, RunTokens tokens, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder)
    : CredentialHandler(options, logs, encoder)
{
    protected override ValueTask<CredentialReading> ReadAsync() => ValueTask.FromResult(Read(BearerText(Request) ?? string.Empty));

    private CredentialReading Read(string text) =>
        !tokens.TryRead(text, out var token) ? CredentialReading.Refused(ProblemCode.TokenInvalid, "The token was not issued by this tracker.")
        : tokens.HasExpired(token) ? CredentialReading.Refused(ProblemCode.TokenExpired, "The token has expired; claim again.")
        : callers.CauseOf(token.KeyId) is { } cause ? CredentialReading.Of(new Credential(cause, token))
        : CredentialReading.Refused(ProblemCode.TokenInvalid, "The key that obtained the token was revoked or has expired.");
}
