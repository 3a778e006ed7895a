namespace ExecutionGrains.Views;

/// <summary>One log line.</summary>
/// <param name="EventId">The id of the event that brought it.</param>
/// <param name="At">The worker's time if it gave one, else the tracker's.</param>
/// <param name="TrackerAt">When the tracker received it.</param>
/// <param name="Level">Its severity.</param>
/// <param name="Source">What wrote it. Null if the worker did not say.</param>
/// <param name="StepId">The step that it belongs to. Null if none was named.</param>
/// <param name="Message">The text, at most 16 KiB of UTF-8.</param>
public sealed record LogView(
    string EventId,
    DateTimeOffset At,
    DateTimeOffset TrackerAt,
    Severity Level,
    string? Source,
    string? StepId,
    string Message);
