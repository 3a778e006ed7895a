namespace ExecutionGrains.Silo.Endpoints;

/// <summary>How one may sign in to the dashboard, beside with a key.</summary>
/// <param name="OpenIdConnect">Whether an identity provider is configured.</param>
internal sealed record SignInMethodsView(bool OpenIdConnect);
