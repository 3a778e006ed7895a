namespace ExecutionGrains.Storage;

/// <summary>What a silo learns of the others when it writes that it is alive, as of one moment of the store: whoever sees another's new sign sees the outage that it ended.</summary>
/// <param name="Before">
/// The newest heartbeat of any silo before this one; null: there was none. Heartbeats more than <see cref="AheadMax"/> in the future do not count: they were
/// written by a clock that was wrong.
/// </param>
/// <param name="OutageCount">
/// How many outages the store keeps. If it differs from last time, there are outages to read. Pruning lowers it by 100 at least, so that a new outage cannot make
/// up for it.
/// </param>
/// <param name="Others">The last signs of those other silos that neither said that they leave nor were found gone.</param>
public sealed record SignOfLife(DateTimeOffset? Before, long OutageCount, IReadOnlyDictionary<string, DateTimeOffset> Others)
{
    /// <summary>How far another silo's clock may be ahead of this one's. 1 h. Beyond that its heartbeats count neither for the time nor for outages.</summary>
    public static readonly TimeSpan AheadMax = TimeSpan.FromHours(1);
}
