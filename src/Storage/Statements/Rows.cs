using System.Globalization;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Serialization;
using ExecutionGrains.Storage.Stats;

namespace ExecutionGrains.Storage.Statements;

/// <summary>Reads rows of the statements, whose columns both databases select in the same order.</summary>
internal static class Rows
{
    /// <param name="at">The first of its columns.</param>
    public static StoredEvent Event<TRow>(TRow row, int at = 0)
        where TRow : struct, IRow =>
        new(row.Int(at), row.Text(at + 1), row.Blob(at + 2), row.Word<Result>(at + 3), row.WordOrNull<Code>(at + 4), row.Long(at + 5));

    /// <param name="at">The first of its columns.</param>
    public static StepRow Step<TRow>(TRow row, int at = 0)
        where TRow : struct, IRow => new()
        {
            Epoch = row.Int(at),
            StepId = row.Text(at + 1),
            Sequence = (int)row.Long(at + 2),
            Status = row.Word<StepStatus>(at + 3),
            Block = row.Text(at + 4),
            BlockType = row.TextOrNull(at + 5),
            ParentStepId = row.TextOrNull(at + 6),
            StartedAt = row.Time(at + 7),
            EndedAt = row.TimeOrNull(at + 8),
            TrackerStartedAt = row.TimeOrNull(at + 9),
            TrackerEndedAt = row.TimeOrNull(at + 10),
            Cost = row.TextOrNull(at + 11) is { } cost ? decimal.Parse(cost, CultureInfo.InvariantCulture) : null,
            MemoryBytes = row.LongOrNull(at + 12),
            StartHash = row.BlobOrNull(at + 13),
            EndHash = row.BlobOrNull(at + 14),
            Error = row.BlobOrNull(at + 15),
            Input = row.BlobOrNull(at + 16),
            Output = row.BlobOrNull(at + 17),
        };

    /// <returns>The line, and the commit that wrote it.</returns>
    public static (Effect.History Line, long CommitId) History<TRow>(TRow row)
        where TRow : struct, IRow => (
        new(
            row.Long(0), row.TimeOrNull(1), row.Time(2), row.Int(3), row.Text(4), row.TextOrNull(5), row.Word<Result>(6),
            row.WordOrNull<Code>(7), row.BlobOrNull(8), row.Flag(9), row.BlobOrNull(10)),
        row.Long(11));

    public static Effect.Log Log<TRow>(TRow row)
        where TRow : struct, IRow => new(
        row.Long(0), row.Text(1), row.Time(2), row.Time(3), row.Int(4), row.Word<Severity>(5), row.TextOrNull(6), row.TextOrNull(7), row.Text(8));

    public static Effect.Evidence Evidence<TRow>(TRow row)
        where TRow : struct, IRow =>
        new((int)row.Long(0), row.Int(1), row.Text(2), row.Text(3), row.Time(4), row.Time(5), row.Blob(6));

    public static RejectionRow Rejection<TRow>(TRow row)
        where TRow : struct, IRow =>
        new(row.Word<Code>(0), row.Int(1), row.Text(2), row.Text(3), row.Text(4), row.Long(5), row.Time(6), row.Time(7));

    public static Effect.FinalPayload FinalPayload<TRow>(TRow row, int epoch)
        where TRow : struct, IRow => new(epoch, row.BlobOrNull(0), row.BlobOrNull(1));

    public static ApiKeyRow Key<TRow>(TRow row)
        where TRow : struct, IRow => new(
        row.Text(0), row.Text(1), row.Text(2), StateJson.ReadTexts(row.TextOrNull(3)), row.Blob(4), row.TextOrNull(5), row.Time(6),
        row.TimeOrNull(7), row.TimeOrNull(8), row.TextOrNull(9), row.TextOrNull(10));

    public static PreviousKeyHash PreviousKeyHash<TRow>(TRow row)
        where TRow : struct, IRow => new(row.Blob(0), row.Text(1), row.Time(2));

    public static (long Number, AuditRow Row) Audit<TRow>(TRow row)
        where TRow : struct, IRow =>
        (row.Long(0), new(row.Time(1), row.Text(2), row.Text(3), row.TextOrNull(4), row.TextOrNull(5), row.TextOrNull(6))
        {
            KeyId = row.TextOrNull(7),
            KeyName = row.TextOrNull(8),
            Claims = row.TextOrNull(9),
            Address = row.TextOrNull(10),
            TraceId = row.TextOrNull(11),
        });

    public static AuditEntry AuditEntry<TRow>(TRow row)
        where TRow : struct, IRow
    {
        var (number, audit) = Audit(row);
        return new(number, audit, row.LongOrNull(12), row.BlobOrNull(13));
    }

    public static AuditCheckpoint Checkpoint<TRow>(TRow row)
        where TRow : struct, IRow => new(row.Text(0), row.Long(1), row.Blob(2), row.Time(3), row.Blob(4));

    public static AuditTally Tally<TRow>(TRow row)
        where TRow : struct, IRow => new(row.Long(0), row.Long(1), row.TimeOrNull(2), row.Long(3), row.Long(4));

    public static Outage Outage<TRow>(TRow row)
        where TRow : struct, IRow => new(row.Time(0), row.Time(1));

    public static DueExecution Due<TRow>(TRow row)
        where TRow : struct, IRow => new(row.Time(1), new ExecutionId { Value = row.Text(0) });

    /// <returns>True, so that it is read like any other row.</returns>
    public static bool AddStatRow<TRow>(this FiguresTally tally, TRow row)
        where TRow : struct, IRow
    {
        tally.AddStat(row.Long(0), row.Text(1), row.Text(2), row.Long(3));
        return true;
    }

    /// <inheritdoc cref="AddStatRow"/>
    public static bool AddDurationRow<TRow>(this FiguresTally tally, TRow row)
        where TRow : struct, IRow
    {
        tally.AddDuration(row.Int(0), row.Long(1));
        return true;
    }

    /// <inheritdoc cref="AddStatRow"/>
    public static bool AddLiveRow<TRow>(this FiguresTally tally, TRow row)
        where TRow : struct, IRow
    {
        tally.AddLive(row.Word<ExecutionStatus>(0), row.Long(1));
        return true;
    }
}
