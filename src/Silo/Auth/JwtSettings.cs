namespace ExecutionGrains.Silo.Auth;

/// <summary>Whose JWT bearer tokens are taken.</summary>
/// <param name="Authority">The issuer; its keys are read from <c>/.well-known/openid-configuration</c> below it. https, or http on loopback.</param>
/// <param name="Audience">What a token's <c>aud</c> must hold.</param>
public sealed record JwtSettings(string Authority, string Audience, ClaimMapping Claims);
