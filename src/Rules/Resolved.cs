namespace ExecutionGrains.Rules;

/// <summary>An operator's word on a lost execution.</summary>
public sealed record Resolved(Resolution Resolution, string? Reason, string By, DateTimeOffset At);
