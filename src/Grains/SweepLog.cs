using System.Collections.Concurrent;

namespace ExecutionGrains.Grains;

/// <summary>The last sweep of each bucket on this silo, and what they did in all.</summary>
public sealed class SweepLog
{
    private readonly ConcurrentDictionary<int, SweepReport> _last = new();
    private long _found;
    private long _acted;

    public SweepReport? Last => _last.Values.MaxBy(s => s.At);

    public bool Held => _last.Values.Any(s => s.Held);

    /// <summary>Executions found due since this silo started.</summary>
    public long Found => Interlocked.Read(ref _found);

    /// <summary>Executions that something ran out on since this silo started.</summary>
    public long Acted => Interlocked.Read(ref _acted);

    internal void Add(int bucket, SweepReport report)
    {
        _last[bucket] = report;
        Interlocked.Add(ref _found, report.Found);
        Interlocked.Add(ref _acted, report.Acted);
    }
}
