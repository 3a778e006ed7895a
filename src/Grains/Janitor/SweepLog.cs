using System.Collections.Concurrent;

namespace ExecutionGrains.Grains;

/// <summary>The record of each bucket whose janitor is, or was, active on this silo. Source of <c>/v1/cluster</c>.</summary>
public sealed class SweepLog
{
    private readonly ConcurrentDictionary<int, JanitorRecord> _buckets = new();

    /// <summary>By bucket. If two silos have a record of one bucket, the one with the later sweep is current.</summary>
    public IReadOnlyDictionary<int, JanitorRecord> Buckets => _buckets;

    internal void Show(int bucket, JanitorRecord record) => _buckets[bucket] = record;
}
