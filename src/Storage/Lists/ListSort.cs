namespace ExecutionGrains.Storage.Lists;

/// <summary>Order of a list: newest or longest first, then by id. Executions without the value are omitted.</summary>
public enum ListSort
{
    Created,

    /// <summary>By <c>startedAt</c>, on the producer's clock.</summary>
    Started,

    /// <summary>By <c>endedAt</c>, on the producer's clock.</summary>
    Ended,

    /// <summary>By the time from start (if unknown: creation) to end.</summary>
    Duration,
}
