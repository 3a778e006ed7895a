namespace ExecutionGrains.Views;

/// <summary>What arrived after the end.</summary>
public sealed record EvidenceView(string EventId, string Type, DateTimeOffset At, DateTimeOffset TrackerAt, RawJson? Payload);
