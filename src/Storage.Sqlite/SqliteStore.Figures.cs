using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Sqlite.Statements;
using ExecutionGrains.Storage.Statements;
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
            session["ReadStats"].Int("span", span).Text("workflow", counted).Int("from_at", first).Int("to_at", last).Text("namespaces", visible)
                .All(row => tally.AddStatRow(row));
        }

        foreach (var (span, first, last) in window.Sums)
        {
            session["ReadDurations"].Int("span", span).Text("workflow", counted).Int("from_at", first).Int("to_at", last).Text("namespaces", visible)
                .All(row => tally.AddDurationRow(row));
        }

        session["ReadLive"].Text("workflow", counted).Text("namespaces", visible).All(row => tally.AddLiveRow(row));
        return tally.ToFigures(window.Start, window.End);
    }
}
