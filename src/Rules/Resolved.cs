namespace ExecutionGrains.Rules;

/// <summary>An operator's resolution of a lost execution.</summary>
public sealed record Resolved(Resolution Resolution, string? Reason, string By, DateTimeOffset At);
