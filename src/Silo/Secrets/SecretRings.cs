namespace ExecutionGrains.Silo.Secrets;

/// <summary>What signs, each for its own purpose.</summary>
/// <param name="Tokens">Signs run tokens.</param>
/// <param name="Sessions">Signs the dashboard's cookies, and whatever else is no run token.</param>
public sealed record SecretRings(SecretRing Tokens, SecretRing Sessions);
