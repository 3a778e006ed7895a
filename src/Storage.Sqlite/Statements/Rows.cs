using System.Globalization;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Access;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Serialization;

namespace ExecutionGrains.Storage.Sqlite.Statements;

/// <summary>Reads rows in the column order of the queries.</summary>
internal static class Rows
{
    public static StoredEvent PriorEvent(Statement row) =>
        new((int)row.Long(0), row.Text(1), row.Blob(2), row.Word<Result>(3), row.WordOrNull<Code>(4), row.Long(5));

    public static StepRow Step(Statement row) => new()
    {
        Epoch = (int)row.Long(0),
        StepId = row.Text(1),
        Sequence = (int)row.Long(2),
        Status = row.Word<StepStatus>(3),
        Block = row.Text(4),
        BlockType = row.TextOrNull(5),
        ParentStepId = row.TextOrNull(6),
        StartedAt = row.Time(7),
        EndedAt = row.TimeOrNull(8),
        TrackerStartedAt = row.TimeOrNull(9),
        TrackerEndedAt = row.TimeOrNull(10),
        Cost = row.TextOrNull(11) is { } cost ? decimal.Parse(cost, CultureInfo.InvariantCulture) : null,
        MemoryBytes = row.LongOrNull(12),
        StartHash = row.BlobOrNull(13),
        EndHash = row.BlobOrNull(14),
        Error = row.BlobOrNull(15),
        Input = row.BlobOrNull(16),
        Output = row.BlobOrNull(17),
    };

    public static Effect.History History(Statement row) => new(
        row.Long(0), row.TimeOrNull(1), row.Time(2), (int)row.Long(3), row.Text(4), row.TextOrNull(5), row.Word<Result>(6),
        row.WordOrNull<Code>(7), row.BlobOrNull(8), row.Long(9) != 0, row.BlobOrNull(10));

    public static Effect.Log Log(Statement row) => new(
        row.Long(0), row.Text(1), row.Time(2), row.Time(3), (int)row.Long(4), row.Word<Severity>(5), row.TextOrNull(6), row.TextOrNull(7),
        row.Text(8));

    public static Effect.Evidence Evidence(Statement row) =>
        new((int)row.Long(0), (int)row.Long(1), row.Text(2), row.Text(3), row.Time(4), row.Time(5), row.Blob(6));

    public static RejectionRow Rejection(Statement row) =>
        new(row.Word<Code>(0), (int)row.Long(1), row.Text(2), row.Text(3), row.Text(4), row.Long(5), row.Time(6), row.Time(7));

    public static ApiKeyRow Key(Statement row) => new(
        row.Text(0), row.Text(1), row.Text(2), StateJson.ReadTexts(row.TextOrNull(3)), row.Blob(4), row.TextOrNull(5), row.Time(6),
        row.TimeOrNull(7), row.TimeOrNull(8), row.TextOrNull(9), row.TextOrNull(10));

    public static (long Number, AuditRow Row) Audit(Statement row) =>
        (row.Long(0), new(row.Time(1), row.Text(2), row.Text(3), row.TextOrNull(4), row.TextOrNull(5), row.TextOrNull(6))
        {
            KeyId = row.TextOrNull(7),
            KeyName = row.TextOrNull(8),
            Claims = row.TextOrNull(9),
            Address = row.TextOrNull(10),
            TraceId = row.TextOrNull(11),
        });

    public static AuditEntry AuditEntry(Statement row)
    {
        var (number, audit) = Audit(row);
        return new(number, audit, row.LongOrNull(12), row.BlobOrNull(13));
    }

    public static AuditCheckpoint Checkpoint(Statement row) => new(row.Text(0), row.Long(1), row.Blob(2), row.Time(3), row.Blob(4));
}
