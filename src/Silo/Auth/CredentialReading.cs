using ExecutionGrains.Silo.Http;

namespace ExecutionGrains.Silo.Auth;

/// <summary>What an authentication scheme made of a request: who calls, or why nobody does.</summary>
public readonly record struct CredentialReading(Credential? Credential, RequestProblem? Refusal)
{
    public static CredentialReading Of(Credential credential) => new(credential, null);

    public static CredentialReading Refused(string code, string detail) => new(null, new RequestProblem(code, detail));
}
