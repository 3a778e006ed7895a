namespace ExecutionGrains.Views;

/// <summary>One row of the history: an event, a decision of the tracker, or an action of an operator.</summary>
/// <param name="Sequence">1, 2, 3 …, unique in the execution.</param>
/// <param name="At">The event's own time. Null if it gave none.</param>
/// <param name="TrackerAt">When the tracker received or decided it.</param>
/// <param name="Epoch">The epoch that it is of.</param>
/// <param name="Type">
/// The event's type, or what else it was: <c>execution.created</c>, <c>execution.claimed</c>, <c>operator.</c> and an action, <c>tracker.</c> and a decision.
/// </param>
/// <param name="EventId">The event's id. Null if it has none or is no event.</param>
/// <param name="Result">What became of it.</param>
/// <param name="Code">Why it was not applied, or what was left out of it. Null if it was applied.</param>
/// <param name="By">The name of the caller who created, claimed or operated; <c>janitor</c>, <c>policy</c> or <c>restore</c> for the tracker's own decisions.
/// Null for events.</param>
/// <param name="Reason">The reason of an action, a pause or a resume, or the cause of a decision of the tracker. Null if none was given.</param>
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
