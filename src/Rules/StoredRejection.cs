namespace ExecutionGrains.Rules;

/// <summary>The key of a stored rejection.</summary>
public sealed record StoredRejection(Code Code, int Epoch, string EventId);
