using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Sqlite.Statements;
using ExecutionGrains.Storage.Statements;

namespace ExecutionGrains.Storage.Sqlite;

public sealed partial class SqliteStore
{
    /// <inheritdoc/>
    public Task<Page<StepRow>> StepsAsync(ExecutionState execution, StepFilter filter, int limit, string? cursor, CancellationToken cancel)
    {
        var query = $"steps {execution.Id} {filter.Canonical}";
        var from = Cursor.Sequence(query, cursor);
        return Readers.RunAsync(
            "list steps",
            session => session.InSnapshot(s =>
            {
                var last = Of(s["ReadSequences"], execution).One(row => row.Long(1));
                var range = SequenceRange.Of(from, filter.NewestFirst, filter.IsNarrow ? options.ExamineMax : limit + 1, last);
                var rows = Of(s["ListSteps"], execution)
                    .Int("high", range.High).Int("low", range.Low).Flag("payloads", filter.Payloads).Int("top", range.Top(filter.NewestFirst, filter.IsNarrow))
                    .Text("status", filter.Status.Count == 0 ? null : StateJson.Texts([.. filter.Status.Select(status => status.Word())]))
                    .Text("parent_step_id", filter.ParentStepId).Int("direction", filter.NewestFirst ? -1 : 1).Int("row_max", limit + 1)
                    .All(row => Rows.Step(row));
                return SequencePage.Of(query, rows, r => r.Sequence, limit, filter.IsNarrow ? range.Boundary(filter.NewestFirst, last) : null);
            }),
            cancel);
    }

    /// <inheritdoc/>
    public Task<Page<Effect.Log>> LogsAsync(ExecutionState execution, LogFilter filter, int limit, string? cursor, CancellationToken cancel)
    {
        var query = $"logs {execution.Id} {filter.Canonical}";
        var (list, findBoundary, start) = filter.NewestFirst
            ? ("ListNewestLogs", "FindNewestLogBoundary", long.MaxValue)
            : ("ListLogs", "FindLogBoundary", 0);
        var from = Cursor.Sequence(query, cursor, start);
        return Readers.RunAsync("list logs", session => session.InSnapshot(s =>
        {
            var page = Of(s[list], execution).Int("from_sequence", from).Int("examine_max", options.ExamineMax);
            foreach (var level in Enum.GetValues<Severity>())
            {
                page.Text(level.Word(), level >= filter.Minimum ? level.Word() : null);
            }

            var rows = page.Text("step_id", filter.StepId).Text("text", filter.Text).Int("row_max", limit + 1).All(Rows.Log);
            var boundary = rows.Count > limit
                ? null
                : Of(s[findBoundary], execution).Int("from_sequence", from).Int("examine_max", options.ExamineMax).One(r => (long?)r.Long(0));
            return SequencePage.Of(query, rows, r => r.Sequence, limit, boundary);
        }), cancel);
    }

    /// <inheritdoc/>
    public Task<Page<Effect.History>> HistoryAsync(ExecutionState execution, bool newestFirst, int limit, string? cursor, CancellationToken cancel)
    {
        var query = $"history {execution.Id} {newestFirst}";
        var from = Cursor.Sequence(query, cursor);
        return Readers.RunAsync(
            "list history",
            session => session.InSnapshot(s =>
            {
                var last = Of(s["ReadSequences"], execution).One(row => row.Long(0));
                var range = SequenceRange.Of(from, newestFirst, limit + 1, last);
                var rows = Of(s["ListHistory"], execution)
                    .Int("high", range.High).Int("low", range.Low).Int("top", range.Top(newestFirst, isNarrow: false)).Int("direction", newestFirst ? -1 : 1)
                    .Int("row_max", limit + 1).All(Rows.History);
                return SequencePage.Of(query, rows, r => r.Line.Sequence, limit, null, r => r.Line);
            }),
            cancel);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Effect.Evidence>> EvidenceAsync(ExecutionState execution, CancellationToken cancel) =>
        Readers.RunAsync<IReadOnlyList<Effect.Evidence>>(
            "list evidence", s => Of(s["ListEvidence"], execution).All(Rows.Evidence), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RejectionRow>> RejectionsAsync(ExecutionState execution, CancellationToken cancel) =>
        Readers.RunAsync<IReadOnlyList<RejectionRow>>(
            "list rejections", s => Of(s["ListRejections"], execution).All(Rows.Rejection), cancel);

    /// <inheritdoc/>
    public Task<Effect.FinalPayload?> FinalPayloadAsync(ExecutionState execution, int epoch, CancellationToken cancel) => Readers.RunAsync(
        "read a final payload",
        s => Of(s["FindFinalPayload"], execution).Int("epoch", epoch).One(row => Rows.FinalPayload(row, epoch)),
        cancel);

    private static Statement Of(Statement statement, ExecutionState execution) => statement.Text("id", execution.Id.Value);
}
