using System.Collections.Concurrent;

namespace ExecutionGrains.Grains;

/// <summary>The record of each bucket whose janitor lives, or lived, on this silo, for <c>/v1/cluster</c>.</summary>
public sealed class SweepLog
{
    private readonly ConcurrentDictionary<int, JanitorRecord> _buckets = new();

    /// <summary>By bucket. Of a bucket that two silos know, the record with the later sweep is the current one.</summary>
    public IReadOnlyDictionary<int, JanitorRecord> Buckets => _buckets;

    internal void Show(int bucket, JanitorRecord record) => _buckets[bucket] = record;
}
