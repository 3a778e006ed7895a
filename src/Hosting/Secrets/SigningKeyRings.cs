namespace ExecutionGrains.Hosting.Secrets;

/// <summary>The rings of signing secrets, one per purpose.</summary>
/// <param name="Tokens">Signs run tokens.</param>
/// <param name="Sessions">Signs the dashboard's session cookies and everything else that is not a run token.</param>
public sealed record SigningKeyRings(SigningKeyRing Tokens, SigningKeyRing Sessions);
