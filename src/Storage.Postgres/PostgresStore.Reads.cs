using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Statements;

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
            "ListSteps",
            row => Rows.Step(row),
            cancel,
            [
                .. Of(execution), ("high", range.High), ("low", range.Low), ("top", range.Top(filter.NewestFirst, filter.IsNarrow)),
                ("direction", filter.NewestFirst ? -1L : 1L), ("row_max", limit + 1),
                ("status", filter.Status.Count == 0 ? null : filter.Status.Select(status => status.Word()).ToArray()),
                ("parent_step_id", filter.ParentStepId), ("payloads", filter.Payloads),
            ]).ConfigureAwait(false);
        return SequencePage.Of(query, rows, r => r.Sequence, limit, filter.IsNarrow ? range.Boundary(filter.NewestFirst, last) : null);
    }

    /// <inheritdoc/>
    public Task<Page<Effect.Log>> LogsAsync(ExecutionState execution, LogFilter filter, int limit, string? cursor, CancellationToken cancel)
    {
        var query = $"logs {execution.Id} {filter.Canonical}";
        var (list, findBoundary, start) = filter.NewestFirst
            ? ("ListNewestLogs", "FindNewestLogBoundary", long.MaxValue)
            : ("ListLogs", "FindLogBoundary", 0);
        (string, object?)[] from =
        [
            .. Of(execution), ("from_sequence", Cursor.Sequence(query, cursor, start)), ("examine_max", options.ExamineMax),
        ];
        return SearchAsync(
            "list logs",
            async connection =>
            {
                var rows = await connection.AllAsync(
                    SqlText.Query(list),
                    Rows.Log,
                    cancel,
                    [.. from, ("levels", filter.Levels), ("row_max", limit + 1), ("step_id", filter.StepId), ("text", filter.Text)]).ConfigureAwait(false);
                // Log lines are only appended. If the second query sees more lines than the first, its boundary is still within the range that the first
                var boundary = rows.Count > limit
                    ? []
                    : await connection.AllAsync(SqlText.Query(findBoundary), row => (long?)row.Long(0), cancel, from).ConfigureAwait(false);
                return SequencePage.Of(query, rows, r => r.Sequence, limit, boundary is [var last] ? last : null);
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
        return SequencePage.Of(query, rows, r => r.Line.Sequence, limit, null, r => r.Line);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Effect.Evidence>> EvidenceAsync(ExecutionState execution, CancellationToken cancel) =>
        await AllAsync("list evidence", "ListEvidence", Rows.Evidence, cancel, Of(execution)).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RejectionRow>> RejectionsAsync(ExecutionState execution, CancellationToken cancel) =>
        await AllAsync("list rejections", "ListRejections", Rows.Rejection, cancel, Of(execution)).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task<Effect.FinalPayload?> FinalPayloadAsync(ExecutionState execution, int epoch, CancellationToken cancel) => OneAsync(
        "read a final payload",
        "FindFinalPayload",
        row => Rows.FinalPayload(row, epoch),
        cancel,
        [.. Of(execution), ("epoch", epoch)]);

    private Task<List<(Effect.History Line, long CommitId)>> HistoryAsync(
        string operation, ExecutionState execution, SequenceRange range, bool newestFirst, int limit, CancellationToken cancel) => AllAsync(
        operation,
        "ListHistory",
        Rows.History,
        cancel,
        [
            .. Of(execution), ("high", range.High), ("low", range.Low), ("top", range.Top(newestFirst, isNarrow: false)),
            ("direction", newestFirst ? -1L : 1L), ("row_max", limit),
        ]);

    /// <summary>The newest sequence numbers of the history and the steps. 0: there are none.</summary>
    private Task<(long History, long Step)> TailAsync(string operation, ExecutionState execution, CancellationToken cancel) =>
        OneAsync(operation, "ReadSequences", row => (row.Long(0), (long)row.Int(1)), cancel, ("id", execution.Id.Value));

    /// <summary>The day and the id, by which the rows of an execution are found.</summary>
    private static (string Name, object? Value)[] Of(ExecutionState execution) =>
        [("day", (int)UnixMicroseconds.Day(execution.CreatedAt)), ("id", execution.Id.Value)];
}
