namespace ExecutionGrains.Views;

/// <summary>One log line.</summary>
/// <param name="EventId">The id of the <c>log</c> event.</param>
/// <param name="At">The worker's time if it sent one, else tracker time.</param>
/// <param name="TrackerAt">When the tracker received the line.</param>
/// <param name="Level">The severity.</param>
/// <param name="Source">The component that wrote the line. Null if the worker named none; <c>tracker</c> for lines of the tracker.</param>
/// <param name="StepId">The step that the line belongs to. Null if none was named.</param>
/// <param name="Message">The text, at most 16 KiB of UTF-8.</param>
public sealed record LogView(
    string EventId,
    DateTimeOffset At,
    DateTimeOffset TrackerAt,
    Severity Level,
    string? Source,
    string? StepId,
    string Message);
