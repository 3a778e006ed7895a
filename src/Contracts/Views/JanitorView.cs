namespace ExecutionGrains.Views;

/// <summary>The janitor's sweeps.</summary>
public sealed record JanitorView(bool Paused, bool Held, DateTimeOffset? LastSweep, long? Found, long? Lost);
