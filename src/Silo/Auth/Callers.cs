namespace ExecutionGrains.Silo.Auth;

/// <summary>Finds the callers that run tokens and sessions name as their cause: keys, and callers whom an identity provider vouched for.</summary>
public sealed class Callers(ApiKeys keys, Hosting.SiloOptions options)
{
    /// <summary>Null for a key that is unknown, revoked or expired, and for callers of an identity provider that is no longer configured.</summary>
    public ApiKey? ById(string cause) => ExternalCaller.IsCause(cause) ? External(cause) : keys.ById(cause);

    /// <summary>As <see cref="ById"/>, for run tokens, which live on where their key was replaced by another bootstrap key.</summary>
    public ApiKey? CauseOf(string cause) => ExternalCaller.IsCause(cause) ? External(cause) : keys.CauseOf(cause);

    private ApiKey? External(string cause) =>
        options is { Jwt: null, OpenIdConnect: null, Certificates: null } ? null
        : ExternalCaller.OfCause(cause);
}
