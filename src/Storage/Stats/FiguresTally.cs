using System.Runtime.InteropServices;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Storage.Stats;

/// <summary>Adds up counter rows to <see cref="Figures"/>.</summary>
internal sealed class FiguresTally(long bar)
{
    private readonly Dictionary<ExecutionStatus, long> statuses = [];
    private readonly Dictionary<Cause, long> causes = [];
    private readonly Dictionary<Resolution, long> resolutions = [];
    private readonly SortedDictionary<int, long> durations = [];
    private readonly Dictionary<long, Dictionary<ExecutionStatus, long>> bars = [];
    private long lateAfterLost;

    public void AddStat(long at, string kind, string word, long count)
    {
        if (kind == "status" && Words.TryParse<ExecutionStatus>(word, out var status))
        {
            Count(statuses, status, count);
            var from = UnixMicroseconds.Floor(at, bar);
            Count(CollectionsMarshal.GetValueRefOrAddDefault(bars, from, out _) ??= [], status, count);
        }
        else if (kind == "cause" && Words.TryParse<Cause>(word, out var cause))
        {
            Count(causes, cause, count);
        }
        else if (kind == FigureKind.Resolution.Word() && Words.TryParse<Resolution>(word, out var resolution))
        {
            Count(resolutions, resolution, count);
        }
        else if (kind == FigureKind.LateAfterLost.Word())
        {
            lateAfterLost += count;
        }
    }

    public void AddDuration(int bucket, long count) => durations[bucket] = durations.GetValueOrDefault(bucket) + count;

    /// <summary>Adds the current count of a live status. Ignores final statuses: they are counted by the epochs that ended in the window.</summary>
    public void AddLive(ExecutionStatus status, long count)
    {
        if (status < ExecutionStatus.Succeeded)
        {
            Count(statuses, status, count);
        }
    }

    public Figures ToFigures(long start, long end) => new()
    {
        Since = UnixMicroseconds.ToTime(start),
        ByStatus = statuses,
        ByCause = causes,
        ByResolution = resolutions,
        LateAfterLost = lateAfterLost,
        P50 = DurationBucket.Percentile(durations, 0.50),
        P95 = DurationBucket.Percentile(durations, 0.95),
        P99 = DurationBucket.Percentile(durations, 0.99),
        Series = [.. Series(start, end)],
    };

    private IEnumerable<FigurePoint> Series(long start, long end)
    {
        for (var at = UnixMicroseconds.Floor(start, bar); at < end; at += bar)
        {
            yield return new(UnixMicroseconds.ToTime(at), bars.GetValueOrDefault(at) ?? []);
        }
    }

    private static void Count<T>(Dictionary<T, long> counts, T key, long count)
        where T : notnull => CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _) += count;
}
