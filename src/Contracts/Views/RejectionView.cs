namespace ExecutionGrains.Views;

/// <summary>A refused event, with its repetitions. <c>Epoch</c> is the one that the event named.</summary>
public sealed record RejectionView(
    Code Code,
    string? EventId,
    int Epoch,
    string Type,
    string Message,
    long Count,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt);
