using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Postgres.Statements;

namespace ExecutionGrains.Storage.Postgres;

public sealed partial class PostgresStore
{
    /// <inheritdoc/>
    public async Task<Page<StepRow>> StepsAsync(ExecutionState execution, StepFilter filter, int limit, string? cursor, CancellationToken cancel)
    {
        var query = $"steps {execution.Id} {filter.Canonical}";
        var from = Cursor.Sequence(query, cursor);
        var last = (await TailAsync("list steps", execution, cancel).ConfigureAwait(false)).Step;
        var range = SequenceRange.Of(from, filter.NewestFirst, filter.IsNarrow ? options.ExamineMax : limit + 1, last);
        var rows = await AllAsync(
            "list steps",
            "steps-page",
            row => Rows.Step(row, 0),
            cancel,
            Day(execution),
            execution.Id.Value,
            range.High,
            range.Low,
            range.Top(filter.NewestFirst, filter.IsNarrow),
            filter.NewestFirst ? -1L : 1L,
            limit + 1,
            filter.Status.Count == 0 ? null : filter.Status.Select(status => status.Word()).ToArray(),
            filter.ParentStepId,
            filter.Payloads).ConfigureAwait(false);
        return Sequences(query, rows, r => r.Sequence, limit, filter.IsNarrow ? range.Boundary(filter.NewestFirst, last) : null, r => r);
    }

    /// <inheritdoc/>
    public Task<Page<Effect.Log>> LogsAsync(ExecutionState execution, LogFilter filter, int limit, string? cursor, CancellationToken cancel)
    {
        var query = $"logs {execution.Id} {filter.Canonical}";
        var (name, start) = filter.NewestFirst ? ("logs-newest", long.MaxValue) : ("logs-page", 0);
        var from = Cursor.Sequence(query, cursor, start);
        var examine = options.ExamineMax;
        var (stepId, text) = (filter.StepId, filter.Text);
        return SearchAsync(
            "list logs",
            async connection =>
            {
                var rows = await AllAsync(
                    connection,
                    SqlText.Query(name),
                    Rows.Log,
                    cancel,
                    Day(execution),
                    execution.Id.Value,
                    from,
                    examine,
                    filter.Levels,
                    limit + 1,
                    stepId,
                    text).ConfigureAwait(false);
                // Log lines are only appended. If the second query sees more lines than the first, its boundary is still within the range that the first
                // examined.
                var boundary = rows.Count > limit
                    ? []
                    : await AllAsync(
                        connection, SqlText.Query($"{name}-boundary"), row => (long?)row.Long(0), cancel, Day(execution), execution.Id.Value, from, examine)
                        .ConfigureAwait(false);
                return Sequences(query, rows, r => r.Sequence, limit, boundary is [var last] ? last : null, r => r);
            },
            cancel);
    }

    /// <inheritdoc/>
    public async Task<Page<Effect.History>> HistoryAsync(ExecutionState execution, bool newestFirst, int limit, string? cursor, CancellationToken cancel)
    {
        var query = $"history {execution.Id} {newestFirst}";
        var from = Cursor.Sequence(query, cursor);
        var last = (await TailAsync("list history", execution, cancel).ConfigureAwait(false)).History;
        var range = SequenceRange.Of(from, newestFirst, limit + 1, last);
        var rows = await HistoryAsync("list history", execution, range, newestFirst, limit + 1, cancel).ConfigureAwait(false);
        return Sequences(query, rows, r => r.Row.Sequence, limit, null, r => r.Row);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Effect.Evidence>> EvidenceAsync(ExecutionState execution, CancellationToken cancel) =>
        await AllAsync("list evidence", "evidence-list", Rows.Evidence, cancel, Day(execution), execution.Id.Value).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RejectionRow>> RejectionsAsync(ExecutionState execution, CancellationToken cancel) =>
        await AllAsync("list rejections", "rejections-list", Rows.Rejection, cancel, Day(execution), execution.Id.Value).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task<Effect.FinalPayload?> FinalPayloadAsync(ExecutionState execution, int epoch, CancellationToken cancel) => OneAsync(
        "read a final payload",
        "final-payload-find",
        row => new Effect.FinalPayload(epoch, row.BlobOrNull(0), row.BlobOrNull(1)),
        cancel,
        Day(execution),
        execution.Id.Value,
        epoch);

    private Task<List<(Effect.History Row, long CommitId)>> HistoryAsync(
        string operation, ExecutionState execution, SequenceRange range, bool newestFirst, int limit, CancellationToken cancel) => AllAsync(
        operation,
        "history-page",
        row => (Rows.History(row), row.Long(11)),
        cancel,
        Day(execution),
        execution.Id.Value,
        range.High,
        range.Low,
        range.Top(newestFirst, isNarrow: false),
        newestFirst ? -1L : 1L,
        limit);

    /// <summary>The newest sequence numbers of the history and the steps. 0: there are none.</summary>
    private Task<(long History, long Step)> TailAsync(string operation, ExecutionState execution, CancellationToken cancel) =>
        OneAsync(operation, "execution-tail", row => (row.Long(0), row.Long(1)), cancel, execution.Id.Value);

    /// <param name="rows">Contains one row more than the limit if there are more.</param>
    /// <param name="boundary">Last row examined, if the limit of examined rows ended the page. Null: it did not.</param>
    private static Page<TItem> Sequences<TRow, TItem>(
        string query, List<TRow> rows, Func<TRow, long> sequence, int limit, long? boundary, Func<TRow, TItem> item)
    {
        var last = rows.Count > limit ? sequence(rows[limit - 1]) : boundary;
        return new([.. rows.Take(limit).Select(item)], last is { } l ? Cursor.Write(query, l.ToString()) : null);
    }
}
