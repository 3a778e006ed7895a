using System.Text.Encodings.Web;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ExecutionGrains.Hosting.Auth.Schemes;

/// <summary>Authenticates API keys, sent as <c>Authorization: Bearer</c>.</summary>
public sealed class ApiKeyHandler(ApiKeyCache keys, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder)
    : CredentialHandler(options, logs, encoder)
{
    protected override ValueTask<CredentialResult> ReadAsync() => ValueTask.FromResult(
        BearerText(Request) is not { } text ? CredentialResult.Refused(ProblemCode.Unauthorized, "The scheme must be Bearer.")
        : keys.Find(text) is { } key ? CredentialResult.Of(new Credential(key, null))
        : CredentialResult.Refused(ProblemCode.Unauthorized, ApiKey.Refusal(text)));
}
