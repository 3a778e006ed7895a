namespace ExecutionGrains.Silo.Auth;

/// <summary>A signed-in browser.</summary>
/// <param name="Id">Random; what signing out ends.</param>
/// <param name="Cause">Who signed in, as <see cref="Callers.ById"/> reads it.</param>
public sealed record Session(string Id, string Cause, DateTimeOffset ExpiresAt);
