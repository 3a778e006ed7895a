using ExecutionGrains.Rules;
using ExecutionGrains.Silo.Auth;
using ExecutionGrains.Silo.Hosting;
using ExecutionGrains.Silo.Http;
using ExecutionGrains.Silo.Mapping;
using ExecutionGrains.Silo.Parsing;
using ExecutionGrains.Storage;
using ExecutionGrains.Views;

namespace ExecutionGrains.Silo.Endpoints;

/// <summary>What people look at: the list, one execution, its pages, the audit.</summary>
public static class ReadEndpoints
{
    private static readonly string[] Paging = ["limit", "cursor"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/executions", ListAsync).WithName("listExecutions")
            .Describes(
                Tags.Read,
                "List executions",
                "Newest first. A filter that is given several times matches any of its values (`label` and `hasLabel`: all of them). Different filters "
                + "must all match. A page may be short or empty while `nextCursor` is set.")
            .Needs(Role.Viewer).Queries([.. Query.FilterNames, .. Paging]).Gives<PageView<ExecutionSummary>>()
            .Means(200, "A page of executions.").Problems(503);
        routes.MapGet("/v1/executions/{id}", DetailAsync).WithName("getExecution")
            .Describes(Tags.Read, "Read one execution", "The summary, and everything that explains it. Lease, last contact and progress are current here.")
            .Needs(Role.Viewer).Gives<ExecutionDetail>().Means(200, "The execution.").Problems(400, 404, 503);
        routes.MapGet("/v1/executions/{id}/steps", StepsAsync).WithName("listSteps")
            .Describes(Tags.Read, "List the steps of an execution", "Oldest first.")
            .Needs(Role.Viewer).Queries(Paging).Gives<PageView<StepView>>().Means(200, "A page of steps.").Problems(404, 503);
        routes.MapGet("/v1/executions/{id}/logs", LogsAsync).WithName("listLogs")
            .Describes(Tags.Read, "List the log lines of an execution", "Oldest first; newest first with `order=desc`.")
            .Needs(Role.Viewer).Queries(["level", "stepId", "q", "order", .. Paging]).Gives<PageView<LogView>>()
            .Means(200, "A page of log lines.").Problems(404, 503);
        routes.MapGet("/v1/executions/{id}/history", HistoryAsync).WithName("listHistory")
            .Describes(Tags.Read, "List the history of an execution", "Every event, decision of the tracker and operator action, oldest first.")
            .Needs(Role.Viewer).Queries(Paging).Gives<PageView<HistoryView>>().Means(200, "A page of the history.").Problems(404, 503);
        routes.MapGet("/v1/audit", AuditAsync).WithName("listAudit")
            .Describes(Tags.Read, "List operator actions", "Oldest first.")
            .Needs(Role.Viewer).Queries(Paging).Gives<PageView<AuditView>>().Means(200, "A page of actions.").Problems(503);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IExecutionReads reads)
    {
        var query = http.Request.Query;
        var filter = Query.Filter(query, Credential.Of(http).Key.Namespaces);
        var (limit, cursor) = (Query.Limit(query), Query.Cursor(query));
        var page = await Query.PagedAsync(query, () => reads.ListAsync(filter, limit, cursor, http.RequestAborted)).ConfigureAwait(false);
        return Reply.Json(Page(page, ViewMapping.Summary), SiloJson.Default.PageViewExecutionSummary);
    }

    private static async Task<IResult> DetailAsync(HttpContext http, string id, IExecutionStore store, IExecutionReads reads, Executions executions)
    {
        var cancel = http.RequestAborted;
        var state = await LoadAsync(http, id, store).ConfigureAwait(false);
        var live = state.IsFinal ? null : await executions(id).Liveness().ConfigureAwait(false);
        var parts = new DetailParts(
            state.EvidenceCount == 0 ? [] : await reads.EvidenceAsync(state, cancel).ConfigureAwait(false),
            state.RejectionCount == 0 ? [] : await reads.RejectionsAsync(state, cancel).ConfigureAwait(false),
            state.IsFinal ? await reads.FinalPayloadAsync(state, state.Epoch, cancel).ConfigureAwait(false) : null);
        return Reply.Json(ViewMapping.Detail(state, live, parts), SiloJson.Default.ExecutionDetail);
    }

    private static async Task<IResult> StepsAsync(HttpContext http, string id, IExecutionStore store, IExecutionReads reads)
    {
        var query = http.Request.Query;
        var (limit, cursor) = (Query.Limit(query), Query.Cursor(query));
        var state = await LoadAsync(http, id, store).ConfigureAwait(false);
        var page = await Query.PagedAsync(query, () => reads.StepsAsync(state, limit, cursor, http.RequestAborted)).ConfigureAwait(false);
        return Reply.Json(Page(page, ViewMapping.Step), SiloJson.Default.PageViewStepView);
    }

    private static async Task<IResult> LogsAsync(HttpContext http, string id, IExecutionStore store, IExecutionReads reads)
    {
        var query = http.Request.Query;
        var (limit, cursor) = (Query.Limit(query), Query.Cursor(query));
        var filter = new LogFilter(
            Query.Word(query, "level", Severity.Debug, LevelWords.Aliases), Query.One(query, "stepId"), Query.One(query, "q"), Query.IsDescending(query));
        var state = await LoadAsync(http, id, store).ConfigureAwait(false);
        var page = await Query.PagedAsync(query, () => reads.LogsAsync(state, filter, limit, cursor, http.RequestAborted)).ConfigureAwait(false);
        return Reply.Json(Page(page, ViewMapping.Log), SiloJson.Default.PageViewLogView);
    }

    private static async Task<IResult> HistoryAsync(HttpContext http, string id, IExecutionStore store, IExecutionReads reads)
    {
        var query = http.Request.Query;
        var (limit, cursor) = (Query.Limit(query), Query.Cursor(query));
        var state = await LoadAsync(http, id, store).ConfigureAwait(false);
        var page = await Query.PagedAsync(query, () => reads.HistoryAsync(state, limit, cursor, http.RequestAborted)).ConfigureAwait(false);
        return Reply.Json(Page(page, ViewMapping.History), SiloJson.Default.PageViewHistoryView);
    }

    private static async Task<IResult> AuditAsync(HttpContext http, IOperationsStore store)
    {
        var query = http.Request.Query;
        var namespaces = Credential.Of(http).Key.Namespaces;
        var (limit, cursor) = (Query.Limit(query), Query.Cursor(query));
        var page = await Query.PagedAsync(query, () => store.AuditAsync(namespaces, limit, cursor, http.RequestAborted)).ConfigureAwait(false);
        return Reply.Json(
            Page(page, r => new AuditView(r.At, r.By, r.Action, r.ExecutionId, r.Namespace, r.Reason)),
            SiloJson.Default.PageViewAuditView);
    }

    /// <exception cref="RequestProblem">There is none that the caller may see.</exception>
    private static async Task<ExecutionState> LoadAsync(HttpContext http, string id, IExecutionStore store)
    {
        var state = await store.LoadAsync(new ExecutionId(EndpointShape.ExecutionIdOf(id)), http.RequestAborted).ConfigureAwait(false);
        return state is not null && Credential.Of(http).Sees(state.Namespace)
            ? state
            : throw new RequestProblem(ProblemCode.UnknownExecution, $"There is no execution {id}.");
    }

    private static PageView<TView> Page<TRow, TView>(Page<TRow> page, Func<TRow, TView> view) => new([.. page.Items.Select(view)], page.NextCursor);
}
