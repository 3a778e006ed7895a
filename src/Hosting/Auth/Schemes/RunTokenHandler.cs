using System.Text.Encodings.Web;
using ExecutionGrains.Hosting.Auth.Tokens;
using ExecutionGrains.Hosting.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ExecutionGrains.Hosting.Auth.Schemes;

/// <summary>Authenticates run tokens, sent as <c>Authorization: Bearer</c>. The endpoint's policy checks the execution, the grain checks the epoch.</summary>
public sealed class RunTokenHandler(
    CallerResolver callers, RunTokenIssuer tokens, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder)
    : CredentialHandler(options, logs, encoder)
{
    protected override ValueTask<CredentialResult> ReadAsync() => ValueTask.FromResult(Read(BearerText(Request) ?? string.Empty));

    private CredentialResult Read(string text) =>
        !tokens.TryRead(text, out var token) ? CredentialResult.Refused(ProblemCode.TokenInvalid, "The token was not issued by this tracker.")
        : tokens.HasExpired(token) ? CredentialResult.Refused(ProblemCode.TokenExpired, "The token has expired; claim again.")
        : callers.CauseOf(token.KeyId) is { } cause ? CredentialResult.Of(new Credential(cause, token))
        : CredentialResult.Refused(ProblemCode.TokenInvalid, "The key that obtained the token was revoked or has expired.");
}
