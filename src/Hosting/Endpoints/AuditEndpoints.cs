using System.Text;
using ExecutionGrains.Hosting.Auth;
using ExecutionGrains.Hosting.Description;
using ExecutionGrains.Hosting.Http;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Auditing;
using ExecutionGrains.Storage.Postgres.Statements;
using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Endpoints;

/// <summary>The audit: in pages for people, as a stream for what keeps it elsewhere.</summary>
public static class AuditEndpoints
{
    private static readonly string[] FilterNames = ["by", "action", "executionId", "from", "to"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/audit", AuditAsync).WithName("listAudit")
            .DescribesOperation(
                ApiTags.Read,
                "List the audit log",
                "Operator actions, changes of keys and secrets, sign-ins and refusals in the caller's namespaces, newest first. One row counts "
                + "what a caller repeats within a minute, and one row the refused sign-ins of an address.")
            .RequireAccess(Role.Viewer).AcceptsQuery([.. FilterNames, "limit", "cursor"]).ReturnsJson<PageView<AuditView>>()
            .DescribesResponse(200, "A page of the audit log.").Problems(503);
        routes.MapGet("/v1/audit/export", ExportAsync).WithName("exportAudit")
            .DescribesOperation(
                ApiTags.Read,
                "Export the audit log",
                "All rows in the caller's namespaces that match the filters, oldest first, one JSON object per line. Each row has its place and hash in the "
                + "hash chain, or null if it is not sealed yet. If the store fails in the middle, the connection is closed before the end of the body.")
            .RequireAccess(Role.Admin).AcceptsQuery(FilterNames).Streams<AuditRecordView>(AuditExport.ContentType)
            .DescribesResponse(200, "The audit log, one row per line.").Problems(503);
    }

    private static async Task<IResult> AuditAsync(HttpContext http, IOperationsStore store)
    {
        var query = http.Request.Query;
        var filter = Filter(http);
        var (limit, cursor) = (Query.Limit(query), Query.Cursor(query));
        var page = await Query.PagedAsync(query, () => store.AuditAsync(filter, limit, cursor, http.RequestAborted)).ConfigureAwait(false);
        return JsonResponse.Json(new PageView<AuditView>([.. page.Items.Select(Row)], page.NextCursor), ApiJson.Default.PageViewAuditView);
    }

    private static AuditView Row(AuditRow row)
    {
        var claims = row.Claims is null ? null : new RawJson(Encoding.UTF8.GetBytes(row.Claims));
        return new(
            row.At, row.By, row.Action, row.ExecutionId, row.Namespace, row.Reason, row.KeyId, row.KeyName, claims, row.Address, row.TraceId);
    }

    private static async Task ExportAsync(HttpContext http, IAuditStore store)
    {
        var (filter, cancel) = (Filter(http), http.RequestAborted);
        http.Response.ContentType = AuditExport.ContentType;
        try
        {
            await AuditExport.WriteAsync(store, filter, http.Response.BodyWriter, FlushAsync, cancel).ConfigureAwait(false);
        }
        catch (Exception) when (http.Response.HasStarted)
        {
            // The caller must not take the half for the whole.
            http.Abort();
            throw;
        }

        async Task FlushAsync() => await http.Response.BodyWriter.FlushAsync(cancel).ConfigureAwait(false);
    }

    private static AuditFilter Filter(HttpContext http)
    {
        var query = http.Request.Query;
        return new()
        {
            Namespaces = Credential.Of(http).Key.Namespaces,
            By = Query.One(query, "by"),
            Action = Query.One(query, "action"),
            ExecutionId = Query.One(query, "executionId"),
            From = Query.Time(query, "from"),
            To = Query.Time(query, "to"),
        };
    }
}
