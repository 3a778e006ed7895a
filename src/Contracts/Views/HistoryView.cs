namespace ExecutionGrains.Views;

/// <summary>One row of the history: an event, a decision of the tracker, or an action of an operator.</summary>
/// <param name="Sequence">The sequence number, from 1; unique in the execution.</param>
/// <param name="At">The worker's time of an event. Null if the event has none.</param>
/// <param name="TrackerAt">When the tracker received the event or decided.</param>
/// <param name="Epoch">The epoch of the row.</param>
/// <param name="Type">
/// The event's type, or <c>execution.created</c>, <c>execution.claimed</c>, <c>operator.</c> and an action, or <c>tracker.</c> and a decision.
/// </param>
/// <param name="EventId">The event's id. Null if the event has none, and if the row is not an event.</param>
/// <param name="Result">How the event or action was handled.</param>
/// <param name="Code">Why it was not applied. Null if it was applied or is a duplicate.</param>
/// <param name="By">
/// The caller of a create, a claim or an operator's action; <c>janitor</c>, <c>policy</c> or <c>restore</c> for decisions of the tracker. Null for events.
/// </param>
/// <param name="Reason">
/// The reason of an action, a pause or a resume, the cause of a decision of the tracker, or a note on a field of an end that was left out because it could not
/// be read. Null if there is none.
/// </param>
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
