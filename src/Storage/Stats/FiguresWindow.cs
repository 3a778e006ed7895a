using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Storage.Stats;

/// <summary>
/// The time window of the figures in unix microseconds, and the counters that cover it. Rounded outward to whole minutes. A window of more than 7 days begins
/// at a whole hour, because minute counters are kept for only 8 days.
/// </summary>
internal sealed class FiguresWindow
{
    private const long Minute = 60 * UnixMicroseconds.PerSecond;
    private const long Hour = 60 * Minute;
    private const long MinuteBarsMax = 12 * Hour;
    private static readonly TimeSpan MinuteStartMax = TimeSpan.FromDays(7) + TimeSpan.FromMinutes(1);

    /// <summary>Bar widths of the series, in minutes. The first width that gives at most 100 bars is used.</summary>
    private static readonly long[] BarMinutes = [1, 5, 15, 60, 120, 360, 720, 1440, 2880, 10080, 43200];

    public FiguresWindow(DateTimeOffset from, DateTimeOffset to)
    {
        Start = UnixMicroseconds.Floor(UnixMicroseconds.From(from), to - from > MinuteStartMax ? Hour : Minute);
        End = UnixMicroseconds.Floor(UnixMicroseconds.From(to) + Minute - 1, Minute);
        var length = End - Start;

        // Adding up a day of minute counters of many namespaces takes too long for an interactive request.
        var bars = BarMinutes.Select(m => m * Minute).Where(b => b >= Hour || length <= MinuteBarsMax).ToArray();
        Bar = bars.Cast<long?>().FirstOrDefault(b => length / b < 100) ?? bars[^1];
    }

    public long Start { get; }

    public long End { get; }

    public long Bar { get; }

    /// <summary>The counter rows that cover the window: their length in seconds and their range. Hours inside, minutes at the edges.</summary>
    public IReadOnlyList<(int Span, long From, long To)> Sums
    {
        get
        {
            var firstHour = UnixMicroseconds.Floor(Start + Hour - 1, Hour);
            var lastHour = UnixMicroseconds.Floor(End, Hour);
            return firstHour >= lastHour
                ? [(60, Start, End)]
                : [(60, Start, firstHour), (3600, firstHour, lastHour), (60, lastHour, End)];
        }
    }

    /// <summary>The counter rows for the series. Minutes only if a bar is shorter than an hour, otherwise the same as <see cref="Sums"/>.</summary>
    public IReadOnlyList<(int Span, long From, long To)> Series => Bar < Hour ? [(60, Start, End)] : Sums;
}
