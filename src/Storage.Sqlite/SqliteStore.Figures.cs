using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Sqlite.Statements;
using ExecutionGrains.Storage.Stats;

namespace ExecutionGrains.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public Task<Figures> FiguresAsync(
        DateTimeOffset from, DateTimeOffset to, string? workflow, IReadOnlyList<string>? namespaces, CancellationToken cancel)
    {
        var window = new FiguresWindow(from, to);
        var visible = StateJson.Texts(namespaces);
        return Readers.RunAsync(
            "read figures",
            session => session.InSnapshot(s => workflow is null
                ? Tally(s, window, CountedWorkflow.Total, visible) with { Overflow = Tally(s, window, CountedWorkflow.Overflow, visible).ByStatus }
                : Tally(s, window, workflow, visible)),
            cancel);
    }

    private static Figures Tally(Session session, FiguresWindow window, string counted, string? visible)
    {
        var tally = new FiguresTally(window.Bar);
        foreach (var (span, first, last) in window.Series)
        {
            tally.AddStats(session["stats-read"].Int(span).Text(counted).Int(first).Int(last).Text(visible));
        }

        foreach (var (span, first, last) in window.Sums)
        {
            tally.AddDurations(session["stat-durations-read"].Int(span).Text(counted).Int(first).Int(last).Text(visible));
        }

        tally.AddLive(session["live-read"].Text(counted).Text(visible));
        return tally.ToFigures(window.Start, window.End);
    }
}
