namespace ExecutionGrains.Rules;

/// <summary>The first cancel. Later ones name it.</summary>
public sealed record CancelRequest(string? Reason, string By, DateTimeOffset RequestedAt);
