using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Sqlite.Statements;

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
                var last = Of(s["execution-tail"], execution).One(row => row.Long(1));
                var range = SequenceRange.Of(from, filter.NewestFirst, filter.IsNarrow ? options.ExamineMax : limit + 1, last);
                var rows = Of(s["steps-page"], execution)
                    .Int(range.High).Int(range.Low).Flag(filter.Payloads).Int(range.Top(filter.NewestFirst, filter.IsNarrow))
                    .Text(filter.Status.Count == 0 ? null : StateJson.Texts([.. filter.Status.Select(status => status.Word())])).Text(filter.ParentStepId)
                    .Int(filter.NewestFirst ? -1 : 1).Int(limit + 1).All(Rows.Step);
                return Sequences(query, rows, r => r.Sequence, limit, filter.IsNarrow ? range.Boundary(filter.NewestFirst, last) : null, r => r);
            }),
            cancel);
    }

    /// <inheritdoc/>
    public Task<Page<Effect.Log>> LogsAsync(ExecutionState execution, LogFilter filter, int limit, string? cursor, CancellationToken cancel)
    {
        var query = $"logs {execution.Id} {filter.Canonical}";
        var (name, start) = filter.NewestFirst ? ("logs-newest", long.MaxValue) : ("logs-page", 0);
        var from = Cursor.Sequence(query, cursor, start);
        return Readers.RunAsync("list logs", session => session.InSnapshot(s =>
        {
            var page = Of(s[name], execution).Int(from).Int(options.ExamineMax);
            foreach (var level in Enum.GetValues<Severity>())
            {
                page.Text(level >= filter.Minimum ? level.Word() : null);
            }

            var rows = page.Text(filter.StepId).Text(filter.Text).Int(limit + 1).All(Rows.Log);
            var boundary = rows.Count > limit
                ? null
                : Of(s[$"{name}-boundary"], execution).Int(from).Int(options.ExamineMax).One(r => (long?)r.Long(0));
            return Sequences(query, rows, r => r.Sequence, limit, boundary, r => r);
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
                var last = Of(s["execution-tail"], execution).One(row => row.Long(0));
                var range = SequenceRange.Of(from, newestFirst, limit + 1, last);
                var rows = Of(s["history-page"], execution)
                    .Int(range.High).Int(range.Low).Int(range.Top(newestFirst, isNarrow: false)).Int(newestFirst ? -1 : 1)
                    .Int(limit + 1).All(Rows.History);
                return Sequences(query, rows, r => r.Sequence, limit, null, r => r);
            }),
            cancel);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<Effect.Evidence>> EvidenceAsync(ExecutionState execution, CancellationToken cancel) =>
        Readers.RunAsync<IReadOnlyList<Effect.Evidence>>(
            "list evidence", s => Of(s["evidence-list"], execution).All(Rows.Evidence), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<RejectionRow>> RejectionsAsync(ExecutionState execution, CancellationToken cancel) =>
        Readers.RunAsync<IReadOnlyList<RejectionRow>>(
            "list rejections", s => Of(s["rejections-list"], execution).All(Rows.Rejection), cancel);

    /// <inheritdoc/>
    public Task<Effect.FinalPayload?> FinalPayloadAsync(ExecutionState execution, int epoch, CancellationToken cancel) => Readers.RunAsync(
        "read a final payload",
        s => Of(s["final-payload-find"], execution).Int(epoch).One(r => new Effect.FinalPayload(epoch, r.BlobOrNull(0), r.BlobOrNull(1))),
        cancel);

    private static Statement Of(Statement statement, ExecutionState execution) => statement.Text(execution.Id.Value);

    /// <param name="rows">Contains one row more than the limit if there are more.</param>
    /// <param name="boundary">Last row examined, if the limit of examined rows ended the page. Null: it did not.</param>
    private static Page<TItem> Sequences<TRow, TItem>(
        string query, List<TRow> rows, Func<TRow, long> sequence, int limit, long? boundary, Func<TRow, TItem> item)
    {
        var last = rows.Count > limit ? sequence(rows[limit - 1]) : boundary;
        return new([.. rows.Take(limit).Select(item)], last is { } l ? Cursor.Write(query, l.ToString()) : null);
    }
}
