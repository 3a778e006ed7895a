using ExecutionGrains.Storage.Sqlite.Statements;
using ExecutionGrains.Storage.Statements;

namespace ExecutionGrains.Storage.Sqlite.Commits;

/// <summary>One transaction of a deletion that goes on in batches.</summary>
internal sealed record DeletionBatch(long Execution, bool IsLast)
{
    /// <returns>Null: there is no such deletion.</returns>
    public static DeletionBatch? Run(Session session, long? execution, int limit)
    {
        if (session["FindDeletion"].Int("execution", execution).One(row => new Pending(row.Long(0), row.LongOrNull(1), row.LongOrNull(2))) is not { } pending)
        {
            return null;
        }

        var number = pending.Execution;
        var (history, events) = DeleteChain(session, "History", number, pending.LastHistory, limit);
        var (step, steps) = DeleteChain(session, "Steps", number, pending.LastStep, limit);
        var logs = session["DeleteLogs"].Int("execution", number).Int("row_max", limit).Run();
        var ids = session["DeleteTakenIds"].Int("execution", number).Int("row_max", limit).Run();
        session["LowerTakenIdsEnd"].Run();
        var isLast = Math.Max(Math.Max(events, steps), Math.Max(logs, ids)) < limit;
        _ = isLast
            ? session["EndDeletion"].Int("execution", number).Run()
            : session["MoveDeletion"].Int("last_history", history).Int("last_step", step).Int("execution", number).Run();
        return new(number, isLast);
    }

    /// <returns>The newest row that is left, and how many were deleted.</returns>
    private static (long? Newest, int Count) DeleteChain(Session session, string table, long execution, long? newest, int limit)
    {
        if (newest is null)
        {
            return (null, 0);
        }

        var rows = session[$"Walk{table}"].Int("newest", newest).Int("execution", execution).Int("row_max", limit)
            .All(row => (Number: row.Long(0), Previous: row.LongOrNull(1)));
        foreach (var (number, _) in rows)
        {
            session[$"Delete{table}"].Int("number", number).Run();
        }

        return (rows is [.., var last] ? last.Previous : null, rows.Count);
    }

    private sealed record Pending(long Execution, long? LastHistory, long? LastStep);
}
