namespace ExecutionGrains.Silo.Auth;

/// <summary>With which identity provider people sign in to the dashboard.</summary>
/// <param name="Authority">The issuer; https, or http on loopback.</param>
/// <param name="ClientSecret">Null: a public client, which has PKCE only.</param>
public sealed record OpenIdConnectSettings(string Authority, string ClientId, string? ClientSecret, ClaimMapping Claims)
{
    public override string ToString() => $"{ClientId} at {Authority}";
}
