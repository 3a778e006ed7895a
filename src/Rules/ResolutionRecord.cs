namespace ExecutionGrains.Rules;

/// <summary>An operator's resolution of a lost execution.</summary>
public sealed record ResolutionRecord(Resolution Resolution, string? Reason, string By, DateTimeOffset At);
