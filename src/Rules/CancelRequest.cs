namespace ExecutionGrains.Rules;

/// <summary>The first cancel request of an epoch. Answers to repeated cancels return its reason and time.</summary>
public sealed record CancelRequest(string? Reason, string By, DateTimeOffset RequestedAt);
