namespace ExecutionGrains.Views;

/// <summary>One log line.</summary>
public sealed record LogView(
    string EventId,
    DateTimeOffset At,
    DateTimeOffset TrackerAt,
    Severity Level,
    string? Source,
    string? StepId,
    string Message);
