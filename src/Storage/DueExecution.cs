namespace ExecutionGrains.Storage;

/// <summary>One entry of the due list, which is ordered by both fields.</summary>
public sealed record DueExecution(DateTimeOffset DueAt, ExecutionId Id);
