using System.Text.Encodings.Web;
using ExecutionGrains.Hosting.Auth.Browser;
using ExecutionGrains.Hosting.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ExecutionGrains.Hosting.Auth.Schemes;

/// <summary>Authenticates the dashboard's session cookie. Refuses cross-origin requests that may change something.</summary>
public sealed class SessionHandler(
    CallerResolver callers, SessionCookies sessions, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder)
    : CredentialHandler(options, logs, encoder)
{
    protected override async ValueTask<CredentialResult> ReadAsync()
    {
        if (await sessions.FindAsync(Context).ConfigureAwait(false) is not { } session || callers.ById(session.Cause) is not { } key)
        {
            return CredentialResult.Refused(ProblemCode.Unauthorized, "Send Authorization: Bearer with a key.");
        }

        return CrossOrigin.IsForeign(Request)
            ? CredentialResult.Refused(ProblemCode.Forbidden, "A session may be used by the dashboard's own pages only.")
            : CredentialResult.Of(new Credential(key, null) { Cause = session.Cause });
    }
}
