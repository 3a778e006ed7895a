namespace ExecutionGrains.Views;

/// <summary>One line of the history: an event, a decision of the tracker, an operator's action.</summary>
/// <param name="By">The name of the caller who created, claimed or operated; <c>janitor</c>, <c>policy</c> or <c>restore</c> for the tracker's own decisions; null for events.</param>
/// <param name="Reason">The reason of an operator's action, a pause or a resume, or the cause of a decision of the tracker; null: none was given.</param>
public sealed record HistoryView(
    long Sequence,
    DateTimeOffset? At,
    DateTimeOffset TrackerAt,
    int Epoch,
    string Type,
    string? EventId,
    Result Result,
    Code? Code,
    string? By,
    string? Reason);
