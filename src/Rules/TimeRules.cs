namespace ExecutionGrains.Rules;

/// <summary>Combines producer time and tracker time, so that no duration is negative.</summary>
public static class TimeRules
{
    /// <summary>The reported end. If it is before the start: tracker time, or the start if that is later.</summary>
    public static DateTimeOffset End(DateTimeOffset? started, DateTimeOffset reported, DateTimeOffset tracker)
    {
        if (started is not { } start || reported >= start)
        {
            return reported;
        }

        return tracker >= start ? tracker : start;
    }

    /// <summary>The duration for the statistics: at most 10 years, so that one wrong clock cannot distort a percentile.</summary>
    public static TimeSpan ForStatistics(TimeSpan duration) => duration > StatisticsDurationMax ? StatisticsDurationMax : duration;

    private static readonly TimeSpan StatisticsDurationMax = TimeSpan.FromDays(3652.5);

    /// <summary>The earlier of the two. A start without a producer time that arrives after its end gets the time of the end.</summary>
    public static DateTimeOffset Earlier(DateTimeOffset arrived, DateTimeOffset? ended) => ended is { } end && end < arrived ? end : arrived;
}
