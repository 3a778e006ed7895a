namespace ExecutionGrains.Views;

/// <summary>One line of the history: an event, a decision of the tracker, an operator's action.</summary>
public sealed record HistoryView(
    long Sequence,
    DateTimeOffset? At,
    DateTimeOffset TrackerAt,
    int Epoch,
    string Type,
    string? EventId,
    Result Result,
    Code? Code);
