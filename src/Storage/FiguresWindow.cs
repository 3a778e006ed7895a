namespace ExecutionGrains.Storage;

/// <summary>A window of the figures in whole minutes, the width of its bars, and which counters add up to it.</summary>
internal readonly record struct FiguresWindow
{
    private static readonly long Minute = 60 * Micros.PerSecond;
    private static readonly long Hour = 60 * Minute;

    /// <summary>Widths of a bar of the series, in minutes; the first that gives at most 100 bars is taken.</summary>
    private static readonly int[] BarMinutes = [1, 5, 15, 60, 120, 360, 720, 1440, 2880, 10080, 43200];

    public FiguresWindow(DateTimeOffset from, DateTimeOffset to)
    {
        var start = Micros.Floor(Micros.From(from), Minute);
        var end = Micros.Floor(Micros.From(to) + Minute - 1, Minute);
        (Start, End) = (start, end);
        Bar = (BarMinutes.Cast<int?>().FirstOrDefault(m => (end - start) / (m * Minute) < 100) ?? BarMinutes[^1]) * Minute;
    }

    /// <summary>Unix microseconds, as <see cref="End"/>.</summary>
    public long Start { get; }

    public long End { get; }

    /// <summary>Microseconds.</summary>
    public long Bar { get; }

    /// <summary>Hours inside, minutes at the edges; minutes only where a bar is shorter than an hour.</summary>
    public IReadOnlyList<(int Span, long From, long To)> Spans()
    {
        var firstHour = Micros.Floor(Start + Hour - 1, Hour);
        var lastHour = Micros.Floor(End, Hour);
        return Bar < Hour || firstHour >= lastHour
            ? [(60, Start, End)]
            : [(60, Start, firstHour), (3600, firstHour, lastHour), (60, lastHour, End)];
    }
}
