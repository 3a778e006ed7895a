namespace ExecutionGrains.Views;

/// <summary>A rejected event and its repetitions: one per code, epoch and event id.</summary>
/// <param name="Code">Why the event was rejected.</param>
/// <param name="EventId">The event's id. Null if it has none or none could be read, and for the log lines over the limit, which share one rejection.</param>
/// <param name="Epoch">The epoch that the event named.</param>
/// <param name="Type">The event's type, as far as it could be read.</param>
/// <param name="Message">A description of the problem, for humans.</param>
/// <param name="Count">How often it was rejected.</param>
/// <param name="FirstAt">When it was first rejected.</param>
/// <param name="LastAt">When it was last rejected.</param>
public sealed record RejectionView(
    Code Code,
    string? EventId,
    int Epoch,
    string Type,
    string Message,
    long Count,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt);
