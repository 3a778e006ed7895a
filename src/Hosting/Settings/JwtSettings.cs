namespace ExecutionGrains.Hosting.Settings;

/// <summary>Settings for authentication by JWT bearer tokens.</summary>
/// <param name="Authority">
/// URL of the issuer: https, or http on loopback. Its keys are read through <c>/.well-known/openid-configuration</c> below this URL.
/// </param>
/// <param name="Audience">The audience that a token's claim <c>aud</c> must contain.</param>
public sealed record JwtSettings(string Authority, string Audience, ClaimMapping Claims);
