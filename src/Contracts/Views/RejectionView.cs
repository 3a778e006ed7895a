namespace ExecutionGrains.Views;

/// <summary>A refused event, with its repetitions.</summary>
public sealed record RejectionView(
    Code Code,
    string? EventId,
    string Type,
    string Message,
    long Count,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt);
