namespace ExecutionGrains.Rules;

/// <summary>A rejection on record.</summary>
public sealed record PriorRejection(Code Code, int Epoch, string EventId);
