namespace ExecutionGrains.Storage;

/// <summary>What a list is ordered by, newest or longest first, then by id. Executions that have no such value are left out.</summary>
public enum ListSort
{
    Created,

    /// <summary>By <c>startedAt</c>, the producer's time.</summary>
    Started,

    /// <summary>By <c>endedAt</c>, the producer's time.</summary>
    Ended,

    /// <summary>By the time from start, or creation, to end.</summary>
    Duration,
}
