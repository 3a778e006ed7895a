namespace ExecutionGrains.Hosting.Settings;

/// <summary>Settings for signing in to the dashboard with OpenID Connect.</summary>
/// <param name="Authority">URL of the issuer: https, or http on loopback.</param>
/// <param name="ClientSecret">The client secret; null: a public client, protected by PKCE only.</param>
public sealed record OpenIdConnectSettings(string Authority, string ClientId, string? ClientSecret, ClaimMapping Claims)
{
    public override string ToString() => $"{ClientId} at {Authority}";
}
