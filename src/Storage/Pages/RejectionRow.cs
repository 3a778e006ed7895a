namespace ExecutionGrains.Storage.Pages;

/// <summary>A stored rejection. Repetitions of it are counted in the same row.</summary>
public sealed record RejectionRow(
    Code Code, int Epoch, string EventId, string Type, string Message, long Count, DateTimeOffset FirstAt, DateTimeOffset LastAt);
