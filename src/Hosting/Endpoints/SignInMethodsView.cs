namespace ExecutionGrains.Hosting.Endpoints;

/// <summary>Ways to sign in to the dashboard, besides an API key.</summary>
/// <param name="OpenIdConnect">Whether an identity provider is configured.</param>
internal sealed record SignInMethodsView(bool OpenIdConnect);
