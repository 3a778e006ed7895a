namespace ExecutionGrains.Rules;

/// <summary>Two clocks, and durations that are never negative.</summary>
public static class Times
{
    /// <summary>An end before its start takes the tracker's time and, if that is still earlier, equals the start.</summary>
    public static DateTimeOffset End(DateTimeOffset? started, DateTimeOffset reported, DateTimeOffset tracker)
    {
        if (started is not { } start || reported >= start)
        {
            return reported;
        }

        return tracker >= start ? tracker : start;
    }

    /// <summary>A duration as figures count it: at most 10 years, so that one wrong clock cannot spoil a percentile.</summary>
    public static TimeSpan Counted(TimeSpan duration) => duration > CountedMax ? CountedMax : duration;

    private static readonly TimeSpan CountedMax = TimeSpan.FromDays(3652.5);

    /// <summary>A start that says no time of its own and arrives after its end was no later than it.</summary>
    public static DateTimeOffset Earlier(DateTimeOffset arrived, DateTimeOffset? ended) => ended is { } end && end < arrived ? end : arrived;
}
