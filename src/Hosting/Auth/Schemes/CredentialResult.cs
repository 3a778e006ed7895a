using ExecutionGrains.Hosting.Problems;

namespace ExecutionGrains.Hosting.Auth.Schemes;

/// <summary>The result of an authentication scheme: the credential of the request, or the reason why it is refused. Exactly one is set.</summary>
public readonly record struct CredentialResult(Credential? Credential, RequestException? Refusal)
{
    public static CredentialResult Of(Credential credential) => new(credential, null);

    public static CredentialResult Refused(string code, string detail) => new(null, new RequestException(code, detail));
}
