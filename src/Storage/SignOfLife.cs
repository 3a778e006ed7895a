namespace ExecutionGrains.Storage;

/// <summary>
/// What a silo learns about the other silos when it writes its heartbeat. All values are from one snapshot, so a silo that sees another's new heartbeat also
/// sees the outage that it ended.
/// </summary>
/// <param name="Before">
/// The newest heartbeat of any silo before this one. Null: there was none. Heartbeats more than <see cref="AheadMax"/> in the future are ignored, because they
/// come from a wrong clock.
/// </param>
/// <param name="OutageCount">
/// Number of stored outages. If it differs from last time, there are new outages to read. Pruning lowers it by at least 100, so a new outage cannot hide the
/// difference.
/// </param>
/// <param name="Others">The last heartbeats of the other silos, except those that left or were recorded as gone.</param>
public sealed record SignOfLife(DateTimeOffset? Before, long OutageCount, IReadOnlyDictionary<string, DateTimeOffset> Others)
{
    /// <summary>
    /// How far another silo's clock may be ahead of this one. 1 h. Heartbeats beyond that are ignored, as a time and as evidence of an outage.
    /// </summary>
    public static readonly TimeSpan AheadMax = TimeSpan.FromHours(1);
}
