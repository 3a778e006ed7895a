namespace ExecutionGrains.Views;

/// <summary>An event that arrived after the end. It is kept and does not change the status.</summary>
/// <param name="EventId">The event's id.</param>
/// <param name="Epoch">The epoch of the event.</param>
/// <param name="Type">The event's type.</param>
/// <param name="At">The worker's time if it sent one, else tracker time.</param>
/// <param name="TrackerAt">When the tracker received the event.</param>
/// <param name="Payload">
/// The fields of the event as JSON; with the input and output of steps only if the execution is traced. Above 10,240 bytes it is cut and is a JSON string.
/// Null if it is not kept.
/// </param>
public sealed record EvidenceView(string EventId, int Epoch, string Type, DateTimeOffset At, DateTimeOffset TrackerAt, RawJson? Payload);
