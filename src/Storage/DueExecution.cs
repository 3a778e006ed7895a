namespace ExecutionGrains.Storage;

/// <summary>A line of the due-list, ordered by both fields.</summary>
public sealed record DueExecution(DateTimeOffset DueAt, ExecutionId Id);
