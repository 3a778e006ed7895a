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
        return Readers.RunAsync("read figures", session => session.InSnapshot(s =>
        {
            var tally = new FiguresTally(window.Bar);
            var counted = workflow ?? CountedWorkflow.Total;
            foreach (var (span, first, last) in window.Series)
            {
                tally.AddStats(s["stats-read"].Int(span).Text(counted).Int(first).Int(last).Text(visible));
            }

            foreach (var (span, first, last) in window.Sums)
            {
                tally.AddDurations(s["stat-durations-read"].Int(span).Text(counted).Int(first).Int(last).Text(visible));
            }

            tally.AddLive(s["live-read"].Text(counted).Text(visible));
            return tally.ToFigures(window.Start, window.End);
        }), cancel);
    }
}
