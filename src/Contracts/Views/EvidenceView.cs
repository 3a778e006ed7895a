namespace ExecutionGrains.Views;

/// <summary>An event that arrived after the end. It is kept and does not change the status.</summary>
/// <param name="EventId">The event's id.</param>
/// <param name="Epoch">The epoch that the event is of.</param>
/// <param name="Type">The event's type.</param>
/// <param name="At">The event's own time, else the tracker's.</param>
/// <param name="TrackerAt">When the tracker received it.</param>
/// <param name="Payload">What the event said, as JSON, without the input and output of steps. Null if it is not kept.</param>
public sealed record EvidenceView(string EventId, int Epoch, string Type, DateTimeOffset At, DateTimeOffset TrackerAt, RawJson? Payload);
