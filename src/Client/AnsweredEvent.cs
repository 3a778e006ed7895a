namespace ExecutionGrains.Client;

/// <summary>One event and the tracker's answer to it. Argument of the callbacks in <see cref="TrackerOptions"/>.</summary>
public sealed record AnsweredEvent(ExecutionId Execution, ExecutionEvent Event, EventAnswer Answer);
