namespace ExecutionGrains.Hosting.Auth.Tokens;

/// <summary>The content of a run token, which allows reporting for one execution in one epoch until it expires.</summary>
/// <param name="KeyId">
/// The cause (<see cref="Credential.Cause"/>) of the caller that claimed: the id of its API key, or an encoded external caller. Revoking the key ends the
/// token.
/// </param>
/// <param name="ExpiresAt">When the token expires, in whole seconds.</param>
public sealed record RunToken(string ExecutionId, int Epoch, string KeyId, DateTimeOffset ExpiresAt);
