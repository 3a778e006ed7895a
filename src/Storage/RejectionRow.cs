namespace ExecutionGrains.Storage;

/// <summary>A rejection as it stands, with its repetitions.</summary>
public sealed record RejectionRow(
    Code Code, int Epoch, string EventId, string Type, string Message, long Count, DateTimeOffset FirstAt, DateTimeOffset LastAt);
