using System.Text.Encodings.Web;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ExecutionGrains.Hosting.Auth.Schemes;

/// <summary>Authenticates API keys, sent as <c>Authorization: Bearer</c>.</summary>
public sealed class ApiKeyHandler(ApiKeys keys, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder)
    : CredentialHandler(options, logs, encoder)
{
    protected override ValueTask<CredentialReading> ReadAsync() => ValueTask.FromResult(
        BearerText(Request) is not { } text ? CredentialReading.Refused(ProblemCode.Unauthorized, "The scheme must be Bearer.")
        : keys.Find(text) is { } key ? CredentialReading.Of(new Credential(key, null))
        : CredentialReading.Refused(ProblemCode.Unauthorized, ApiKey.Refusal(text)));
}
