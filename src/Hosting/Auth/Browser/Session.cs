namespace ExecutionGrains.Hosting.Auth.Browser;

/// <summary>A browser's session on the dashboard.</summary>
/// <param name="Id">Random id; signing out ends the session of this id.</param>
/// <param name="Cause">Identifies the caller that signed in (<see cref="Credential.Cause"/>).</param>
public sealed record Session(string Id, string Cause, DateTimeOffset ExpiresAt);
