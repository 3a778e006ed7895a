using System.Data;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Stats;
using Npgsql;

namespace ExecutionGrains.Storage.Postgres;

public sealed partial class PostgresStore
{
    /// <inheritdoc/>
    public Task<Figures> FiguresAsync(
        DateTimeOffset from, DateTimeOffset to, string? workflow, IReadOnlyList<string>? namespaces, CancellationToken cancel)
    {
        var (window, visible) = (new FiguresWindow(from, to), namespaces?.ToArray());
        return SearchAsync(
            "read figures", connection => InSnapshotAsync(connection, () => TallyAsync(connection, window, workflow, visible, cancel), cancel), cancel);
    }

    private static async Task<Figures> TallyAsync(
        NpgsqlConnection connection, FiguresWindow window, string? workflow, string[]? visible, CancellationToken cancel)
    {
        await AllAsync(connection, SqlText.Query("figures-settings"), _ => true, cancel).ConfigureAwait(false);
        if (workflow is not null)
        {
            return await CountedAsync(connection, window, workflow, visible, cancel).ConfigureAwait(false);
        }

        var all = await CountedAsync(connection, window, CountedWorkflow.Total, visible, cancel).ConfigureAwait(false);
        var overflow = await CountedAsync(connection, window, CountedWorkflow.Overflow, visible, cancel).ConfigureAwait(false);
        return all with { Overflow = overflow.ByStatus };
    }

    private static async Task<Figures> CountedAsync(
        NpgsqlConnection connection, FiguresWindow window, string counted, string[]? visible, CancellationToken cancel)
    {
        var tally = new FiguresTally(window.Bar);
        foreach (var (span, first, last) in window.Series)
        {
            await AllAsync(connection, SqlText.Query("stats-read"), Stat, cancel, span, counted, first, last, visible).ConfigureAwait(false);
        }

        foreach (var (span, first, last) in window.Sums)
        {
            await AllAsync(connection, SqlText.Query("stat-durations-read"), Duration, cancel, span, counted, first, last, visible).ConfigureAwait(false);
        }

        await AllAsync(connection, SqlText.Query("live-read"), Live, cancel, counted, visible).ConfigureAwait(false);
        return tally.ToFigures(window.Start, window.End);

        bool Stat(Row row)
        {
            tally.AddStat(row.Long(0), row.Text(1), row.Text(2), row.Long(3));
            return true;
        }

        bool Duration(Row row)
        {
            tally.AddDuration((int)row.Long(0), row.Long(1));
            return true;
        }

        bool Live(Row row)
        {
            tally.AddLive(row.Word<ExecutionStatus>(0), row.Long(1));
            return true;
        }
    }

    /// <summary>Runs several queries on one snapshot.</summary>
    private static async Task<T> InSnapshotAsync<T>(NpgsqlConnection connection, Func<Task<T>> read, CancellationToken cancel)
    {
        var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel).ConfigureAwait(false);
        await using (snapshot.ConfigureAwait(false))
        {
            var result = await read().ConfigureAwait(false);
            await snapshot.CommitAsync(cancel).ConfigureAwait(false);
            return result;
        }
    }

    /// <summary>As above. Converts the result while the database ends the transaction, to save the wait.</summary>
    private static async Task<TResult> InSnapshotAsync<T, TResult>(
        NpgsqlConnection connection, Func<Task<T>> read, Func<T, TResult> made, CancellationToken cancel)
    {
        var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel).ConfigureAwait(false);
        await using (snapshot.ConfigureAwait(false))
        {
            var found = await read().ConfigureAwait(false);
            var ended = snapshot.CommitAsync(cancel);
            try
            {
                return made(found);
            }
            finally
            {
                await ended.ConfigureAwait(false);
            }
        }
    }
}
