namespace ExecutionGrains.Storage;

/// <summary>Log buckets of durations: each is 8 % wide, so that its middle is at most 4 % off.</summary>
internal static class DurationBucket
{
    private const double Width = 1.08;

    /// <summary>0 is no time at all.</summary>
    public static int Of(TimeSpan duration)
    {
        var micros = duration.Ticks / 10;
        return micros <= 0 ? 0 : 1 + (int)Math.Floor(Math.Log(micros) / Math.Log(Width));
    }

    /// <summary>The bucket's geometric middle.</summary>
    public static TimeSpan Middle(int bucket) =>
        bucket == 0 ? TimeSpan.Zero : TimeSpan.FromTicks((long)Math.Min(Math.Pow(Width, bucket - 0.5) * 10, long.MaxValue / 2));

    /// <summary>The nearest-rank percentile over counted buckets in ascending order; null where nothing was counted.</summary>
    public static TimeSpan? Percentile(IReadOnlyCollection<KeyValuePair<int, long>> ascending, double share)
    {
        var rank = (long)Math.Ceiling(ascending.Sum(b => b.Value) * share);
        foreach (var (bucket, count) in ascending)
        {
            rank -= count;
            if (rank <= 0 && count > 0)
            {
                return Middle(bucket);
            }
        }

        return null;
    }
}
