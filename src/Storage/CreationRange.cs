namespace ExecutionGrains.Storage;

/// <summary>
/// When the executions asked for were made, by their creation or by their start. Nearly all start at their creation or soon after it; those that did not are
/// apart, in
/// the index executions_skewed. So a list that is ordered by creation finds a time without walking down to it.
/// </summary>
internal sealed class CreationRange
{
    /// <summary>What is not skewed starts at most so long after its creation. As in the condition of the index executions_skewed.</summary>
    public const long DelayMax = 60 * Micros.PerSecond;

    /// <summary>And at most so long before it, by its producer's clock. Less: what was made up to here after a time is passed in vain.</summary>
    public const long AdvanceMax = 5 * Micros.PerSecond;

    public static readonly string Skewed = $"started_at - created_at not between {-AdvanceMax} and {DelayMax}";

    /// <param name="after">Made from then on; null: from the first.</param>
    /// <param name="before">Made before then; null: up to now.</param>
    public CreationRange(DateTimeOffset? after, DateTimeOffset? before)
        : this(Micros.From(after), Micros.From(before) is { } end ? new(end, string.Empty) : ListKey.Newest)
    {
    }

    private CreationRange(long? floor, ListKey start) => (Floor, Start) = (floor, start);

    /// <summary>Where a walk begins at the earliest: a walk that had the upper bound as a condition would begin at the newest all the same.</summary>
    public ListKey Start { get; }

    /// <summary>The oldest creation; null where there is none.</summary>
    public long? Floor { get; }

    /// <summary>Of this range when those were made that started in a time, and are not skewed.</summary>
    public CreationRange Started(DateTimeOffset? after, DateTimeOffset? before)
    {
        var floor = Micros.From(after) - DelayMax;
        var start = Micros.From(before) is { } end ? new ListKey(end + AdvanceMax + 1, string.Empty) : ListKey.Newest;
        return new(floor is null || Floor > floor ? Floor : floor, start.CompareTo(Start) > 0 ? start : Start);
    }
}
