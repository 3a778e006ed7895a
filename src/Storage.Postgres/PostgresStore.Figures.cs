using System.Data;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Statements;
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
        await connection.RunAsync(SqlText.Query("PlanFigures"), cancel).ConfigureAwait(false);
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
            await SumAsync("ReadStats", row => tally.AddStatRow(row), ("span", span), ("from_at", first), ("to_at", last)).ConfigureAwait(false);
        }

        foreach (var (span, first, last) in window.Sums)
        {
            await SumAsync("ReadDurations", row => tally.AddDurationRow(row), ("span", span), ("from_at", first), ("to_at", last)).ConfigureAwait(false);
        }

        await SumAsync("ReadLive", row => tally.AddLiveRow(row)).ConfigureAwait(false);
        return tally.ToFigures(window.Start, window.End);

        Task SumAsync(string query, Func<Row, bool> add, params (string Name, object? Value)[] window) =>
            connection.AllAsync(SqlText.Query(query), add, cancel, [("workflow", counted), ("namespaces", visible), .. window]);
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
