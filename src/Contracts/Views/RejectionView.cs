namespace ExecutionGrains.Views;

/// <summary>A refused event and its repetitions.</summary>
/// <param name="Code">Why it was refused.</param>
/// <param name="EventId">The event's id. Null if it has none or none could be read.</param>
/// <param name="Epoch">The epoch that the event named.</param>
/// <param name="Type">The event's type, as far as it could be read.</param>
/// <param name="Message">What is wrong, for people.</param>
/// <param name="Count">How often it was refused.</param>
/// <param name="FirstAt">When it was first refused.</param>
/// <param name="LastAt">When it was last refused.</param>
public sealed record RejectionView(
    Code Code,
    string? EventId,
    int Epoch,
    string Type,
    string Message,
    long Count,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt);
