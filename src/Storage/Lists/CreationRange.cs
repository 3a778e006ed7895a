using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Storage.Lists;

/// <summary>
/// Creation times of the executions that a list asks for, from a range of their creation or start. Nearly all executions start within seconds of their
/// creation. The others are in the index executions_skewed. So a list ordered by creation can search by start time without scanning from the newest execution.
/// </summary>
internal sealed class CreationRange
{
    /// <summary>How long after its creation an execution may start without being skewed. 60 s, as in the condition of the index executions_skewed.</summary>
    public const long DelayMax = 60 * UnixMicroseconds.PerSecond;

    /// <summary>
    /// How long before its creation, by the producer's clock, an execution may start without being skewed. 5 s. Kept small because a scan reads the executions
    /// created up to this long after the end of the range in vain.
    /// </summary>
    public const long AdvanceMax = 5 * UnixMicroseconds.PerSecond;

    public static readonly string Skewed = $"started_at - created_at not between {-AdvanceMax} and {DelayMax}";

    /// <param name="after">Inclusive lower bound of the creation. Null: none.</param>
    /// <param name="before">Exclusive upper bound of the creation. Null: none.</param>
    public CreationRange(DateTimeOffset? after, DateTimeOffset? before)
        : this(UnixMicroseconds.From(after), UnixMicroseconds.From(before) is { } end ? new(end, string.Empty) : ListKey.Newest)
    {
    }

    private CreationRange(long? floor, ListKey start) => (Floor, Start) = (floor, start);

    /// <summary>
    /// Where a scan starts. Passed as a position because with an upper bound as a mere condition the engine would still scan from the newest execution.
    /// </summary>
    public ListKey Start { get; }

    /// <summary>The oldest creation time, inclusive. Null: no bound.</summary>
    public long? Floor { get; }

    /// <summary>Narrows this range to the creation times of executions that started between the bounds and are not skewed.</summary>
    public CreationRange Started(DateTimeOffset? after, DateTimeOffset? before)
    {
        var floor = UnixMicroseconds.From(after) - DelayMax;
        var start = UnixMicroseconds.From(before) is { } end ? new ListKey(end + AdvanceMax + 1, string.Empty) : ListKey.Newest;
        return new(floor is null || Floor > floor ? Floor : floor, start.CompareTo(Start) > 0 ? start : Start);
    }
}
