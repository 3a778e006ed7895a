namespace ExecutionGrains.Views;

/// <summary>What arrived after the end.</summary>
public sealed record EvidenceView(string EventId, int Epoch, string Type, DateTimeOffset At, DateTimeOffset TrackerAt, RawJson? Payload);
