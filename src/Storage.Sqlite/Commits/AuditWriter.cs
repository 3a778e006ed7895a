using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Sqlite.Statements;

namespace ExecutionGrains.Storage.Sqlite.Commits;

/// <summary>Writes audit rows.</summary>
internal static class AuditWriter
{
    public static void Write(Session session, AuditRow row) => session["audit-insert"]
        .Time(row.At).Text(row.By).Text(row.Action).Text(row.ExecutionId).Text(row.Namespace).Text(row.Reason)
        .Text(row.KeyId).Text(row.KeyName).Text(row.Claims).Text(row.Address).Text(row.TraceId).Run();
}
