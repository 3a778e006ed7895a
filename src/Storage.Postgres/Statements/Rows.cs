using System.Globalization;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Storage.Postgres.Statements;

/// <summary>Reads rows in the column order of the queries.</summary>
internal static class Rows
{
    /// <param name="at">First column.</param>
    public static StoredEvent PriorEvent(Row row, int at) =>
        new(row.Int(at), row.Text(at + 1), row.Blob(at + 2), row.Word<Result>(at + 3), row.WordOrNull<Code>(at + 4), row.Long(at + 5));

    /// <param name="at">First column.</param>
    public static StepRow Step(Row row, int at) => new()
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

    public static Effect.History History(Row row) => new(
        row.Long(0), row.TimeOrNull(1), row.Time(2), row.Int(3), row.Text(4), row.TextOrNull(5), row.Word<Result>(6),
        row.WordOrNull<Code>(7), row.BlobOrNull(8), row.Flag(9), row.BlobOrNull(10));

    public static Effect.Log Log(Row row) => new(
        row.Long(0), row.Text(1), row.Time(2), row.Time(3), row.Int(4), row.Word<Severity>(5), row.TextOrNull(6), row.TextOrNull(7),
        row.Text(8));

    public static Effect.Evidence Evidence(Row row) =>
        new((int)row.Long(0), row.Int(1), row.Text(2), row.Text(3), row.Time(4), row.Time(5), row.Blob(6));

    public static RejectionRow Rejection(Row row) =>
        new(row.Word<Code>(0), row.Int(1), row.Text(2), row.Text(3), row.Text(4), row.Long(5), row.Time(6), row.Time(7));

    public static ApiKeyRow Key(Row row) => new(
        row.Text(0), row.Text(1), row.Text(2), StateJson.ReadTexts(row.TextOrNull(3)), row.Blob(4), row.TextOrNull(5), row.Time(6),
        row.TimeOrNull(7), row.TimeOrNull(8), row.TextOrNull(9), row.TextOrNull(10));

    public static (long Number, AuditRow Row) Audit(Row row) =>
        (row.Long(0), new(row.Time(1), row.Text(2), row.Text(3), row.TextOrNull(4), row.TextOrNull(5), row.TextOrNull(6))
        {
            KeyId = row.TextOrNull(7),
            KeyName = row.TextOrNull(8),
            Claims = row.TextOrNull(9),
            Address = row.TextOrNull(10),
            TraceId = row.TextOrNull(11),
        });

    public static AuditEntry AuditEntry(Row row)
    {
        var (number, audit) = Audit(row);
        return new(number, audit, row.LongOrNull(12), row.BlobOrNull(13));
    }

    public static AuditCheckpoint Checkpoint(Row row) => new(row.Text(0), row.Long(1), row.Blob(2), row.Time(3), row.Blob(4));
}
