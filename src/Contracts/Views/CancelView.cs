namespace ExecutionGrains.Views;

/// <summary>The first cancel that was asked for.</summary>
public sealed record CancelView(string? Reason, string By, DateTimeOffset RequestedAt);
