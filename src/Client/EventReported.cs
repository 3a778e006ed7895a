namespace ExecutionGrains.Client;

/// <summary>One event and what the tracker answered.</summary>
public sealed record EventReported(ExecutionId Execution, ExecutionEvent Event, EventAnswer Answer);
