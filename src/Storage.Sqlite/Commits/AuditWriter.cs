using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Sqlite.Statements;

namespace ExecutionGrains.Storage.Sqlite.Commits;

/// <summary>Writes audit rows.</summary>
internal static class AuditWriter
{
    public static void Write(Session session, AuditRow row) => session["InsertAudit"]
        .Time("at", row.At).Text("by", row.By).Text("action", row.Action).Text("execution_id", row.ExecutionId).Text("namespace", row.Namespace)
        .Text("reason", row.Reason)
        .Text("key_id", row.KeyId).Text("key_name", row.KeyName).Text("claims", row.Claims).Text("address", row.Address).Text("trace_id", row.TraceId).Run();
}
