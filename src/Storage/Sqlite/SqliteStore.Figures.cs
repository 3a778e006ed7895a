namespace ExecutionGrains.Storage.Sqlite;

public sealed partial class SqliteStore
{
    private static readonly long Minute = 60 * Micros.PerSecond;
    private static readonly long Hour = 60 * Minute;

    /// <summary>Widths of a bar of the series, in minutes; the first that gives at most 100 bars is taken.</summary>
    private static readonly int[] BarMinutes = [1, 5, 15, 60, 120, 360, 720, 1440, 2880, 10080, 43200];

    /// <inheritdoc/>
    public Task<Figures> FiguresAsync(
        DateTimeOffset from, DateTimeOffset to, string? workflow, IReadOnlyList<string>? namespaces, CancellationToken cancel)
    {
        var start = Micros.Floor(Micros.From(from), Minute);
        var end = Micros.Floor(Micros.From(to) + Minute - 1, Minute);
        var bar = (BarMinutes.Cast<int?>().FirstOrDefault(m => (end - start) / (m * Minute) < 100) ?? BarMinutes[^1]) * Minute;
        var visible = StateJson.Texts(namespaces);
        return Readers.RunAsync("read figures", session => session.InSnapshot(s =>
        {
            var tally = new FiguresTally(bar);
            var counted = Counted(s, workflow);
            foreach (var (span, first, last) in Spans(start, end, bar))
            {
                tally.AddStats(s["stats-read"].Int(span).Text(counted).Int(first).Int(last).Text(visible));
                tally.AddDurations(s["stat-durations-read"].Int(span).Text(counted).Int(first).Int(last).Text(visible));
            }

            tally.AddLive(s["live-read"].Text(counted).Text(visible));
            return tally.ToFigures(start, end);
        }), cancel);
    }

    /// <summary>Hours inside, minutes at the edges; minutes only where a bar is shorter than an hour.</summary>
    private static List<(int Span, long From, long To)> Spans(long start, long end, long bar)
    {
        var firstHour = Micros.Floor(start + Hour - 1, Hour);
        var lastHour = Micros.Floor(end, Hour);
        return bar < Hour || firstHour >= lastHour
            ? [(60, start, end)]
            : [(60, start, firstHour), (3600, firstHour, lastHour), (60, lastHour, end)];
    }

    private static string Counted(Session session, string? workflow) =>
        workflow is null ? FiguresDelta.Total
        : session["stat-workflow-find"].Text(workflow).One(_ => workflow) ?? FiguresDelta.Other;
}
