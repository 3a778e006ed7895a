using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Auth.Providers;
using ExecutionGrains.Hosting.Settings;

namespace ExecutionGrains.Hosting.Auth;

/// <summary>Resolves the cause in a run token or session to its caller: an API key, or a caller from an identity provider or a client certificate.</summary>
public sealed class CallerResolver(ApiKeyCache keys, ExecutionGrainsOptions options)
{
    /// <summary>
    /// The caller of a session. Null if its key is unknown, revoked, replaced or expired; for an external caller, null if neither JWT, OpenID Connect nor
    /// client certificates are configured any more.
    /// </summary>
    /// <inheritdoc cref="ApiKeyCache.ById" path="/exception"/>
    public ApiKey? ById(string cause) => ExternalCaller.IsCause(cause) ? External(cause) : keys.ById(cause);

    /// <summary>
    /// The caller of a run token. Like <see cref="ById"/>, but a bootstrap key that was replaced by another bootstrap key still counts
    /// (<see cref="ApiKeyCache.CauseOf"/>).
    /// </summary>
    /// <inheritdoc cref="ApiKeyCache.CauseOf" path="/exception"/>
    public ApiKey? CauseOf(string cause) => ExternalCaller.IsCause(cause) ? External(cause) : keys.CauseOf(cause);

    private ApiKey? External(string cause) =>
        options is { Jwt: null, OpenIdConnect: null, Certificates: null } ? null
        : ExternalCaller.OfCause(cause);
}
