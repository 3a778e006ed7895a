namespace ExecutionGrains.Storage.Lists;

/// <summary>A value of executions that has an index of its own. Lists are sorted by it, and filters are ranges of it.</summary>
/// <param name="Index">The index. If lists are sorted by this value, the index ends with id, status, workflow and namespace.</param>
/// <param name="Name">The name of the value in <see cref="ListFilter.Residual"/>.</param>
internal sealed record ListOrder(string Index, string Name)
{
    public static readonly ListOrder Started = new("executions_by_start", "started_at");
    public static readonly ListOrder Ended = new("executions_by_end", "ended_at");
    public static readonly ListOrder Duration = new("executions_by_duration", "duration");

    /// <summary>When the current epoch ended, by the tracker's clock. Only for ranges; lists are not sorted by it.</summary>
    public static readonly ListOrder Closed = new("executions_closed", "closed_at");

    /// <summary>Null for the order of creation, which every list index has.</summary>
    public static ListOrder? Of(ListSort sort) => sort switch
    {
        ListSort.Started => Started,
        ListSort.Ended => Ended,
        ListSort.Duration => Duration,
        _ => null,
    };
}
