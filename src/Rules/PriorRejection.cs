namespace ExecutionGrains.Rules;

/// <summary>The key of a stored rejection.</summary>
public sealed record PriorRejection(Code Code, int Epoch, string EventId);
