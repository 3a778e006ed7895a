namespace ExecutionGrains.Storage.Stats;

/// <summary>Logarithmic duration buckets. Each bucket is 8 % wide, so that its middle is within 4 % of any duration in it.</summary>
internal static class DurationBucket
{
    private const double Width = 1.08;

    /// <summary>The bucket of a duration. 0 for durations of zero or less.</summary>
    public static int Of(TimeSpan duration)
    {
        var micros = duration.Ticks / 10;
        return micros <= 0 ? 0 : 1 + (int)Math.Floor(Math.Log(micros) / Math.Log(Width));
    }

    /// <summary>The geometric middle of a bucket.</summary>
    public static TimeSpan Middle(int bucket) =>
        bucket == 0 ? TimeSpan.Zero : TimeSpan.FromTicks((long)Math.Min(Math.Pow(Width, bucket - 0.5) * 10, long.MaxValue / 2));

    /// <summary>The nearest-rank percentile of counted buckets.</summary>
    /// <param name="ascending">Counts by bucket, in ascending order of the buckets.</param>
    /// <param name="share">The percentile as a fraction, above 0 to 1.</param>
    /// <returns>Null if nothing was counted.</returns>
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
