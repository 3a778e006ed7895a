namespace ExecutionGrains.Views;

/// <summary>An operator's word on a lost execution.</summary>
public sealed record ResolutionView(Resolution Resolution, string? Reason, string By, DateTimeOffset At);
