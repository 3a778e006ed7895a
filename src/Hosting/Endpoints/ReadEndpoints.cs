using System.Text;
using ExecutionGrains.Hosting.Auth;
using ExecutionGrains.Hosting.Description;
using ExecutionGrains.Hosting.Http;
using ExecutionGrains.Hosting.Mapping;
using ExecutionGrains.Hosting.Parsing;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Endpoints;

/// <summary>The endpoints for reading: the list of executions, one execution, its steps, log lines and history, and the audit log.</summary>
public static class ReadEndpoints
{
    private static readonly string[] Paging = ["limit", "cursor"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/executions", ListAsync).WithName("listExecutions")
            .DescribesOperation(
                ApiTags.Read,
                "List executions",
                "Newest first, or in the order of `sort`. A repeated filter matches any of its values; repeated `label` and `hasLabel` must all match. "
                + "Different filters must all match; epoch filters must match the same epoch. A page may be short or empty although more follow: read on "
                + "until `nextCursor` is null.")
            .RequireAccess(Role.Viewer).AcceptsQuery([.. Query.FilterNames, "sort", .. Paging]).ReturnsJson<PageView<ExecutionSummary>>()
            .DescribesResponse(200, "A page of executions.").Problems(503);
        routes.MapGet("/v1/executions/{id}", DetailAsync).WithName("getExecution")
            .DescribesOperation(
                ApiTags.Read,
                "Read one execution",
                "The summary with diagnostics, counts, lease, epochs, evidence, rejections, output and error. Lease, last contact and progress are current "
                + "here; in lists they may lag.")
            .RequireAccess(Role.Viewer).AcceptsQuery("payloads").ReturnsJson<ExecutionDetail>().DescribesResponse(200, "The execution.")
            .Problems(400, 404, 503);
        routes.MapGet("/v1/executions/{id}/steps", StepsAsync).WithName("listSteps")
            .DescribesOperation(ApiTags.Read, "List the steps of an execution", "Oldest first; newest first with `order=desc`.")
            .RequireAccess(Role.Viewer).AcceptsQuery(["stepStatus:status", "parentStep:parent", "order", "payloads", .. Paging])
            .ReturnsJson<PageView<StepView>>()
            .DescribesResponse(200, "A page of steps.").Problems(404, 503);
        routes.MapGet("/v1/executions/{id}/logs", LogsAsync).WithName("listLogs")
            .DescribesOperation(ApiTags.Read, "List the log lines of an execution", "Oldest first; newest first with `order=desc`.")
            .RequireAccess(Role.Viewer).AcceptsQuery(["level", "stepId", "q", "order", .. Paging]).ReturnsJson<PageView<LogView>>()
            .DescribesResponse(200, "A page of log lines.").Problems(404, 503);
        routes.MapGet("/v1/executions/{id}/history", HistoryAsync).WithName("listHistory")
            .DescribesOperation(
                ApiTags.Read,
                "List the history of an execution",
                "Every event, every decision of the tracker and every operator action, oldest first; newest first with `order=desc`.")
            .RequireAccess(Role.Viewer).AcceptsQuery(["order", .. Paging]).ReturnsJson<PageView<HistoryView>>()
            .DescribesResponse(200, "A page of the history.").Problems(404, 503);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IExecutionReads reads)
    {
        var query = http.Request.Query;
        var filter = Query.Filter(query, Credential.Of(http).Key.Namespaces) with { Sort = Query.Word(query, "sort", ListSort.Created) };
        var (limit, cursor) = (Query.Limit(query), Query.Cursor(query));
        var page = await Query.PagedAsync(query, () => reads.ListAsync(filter, limit, cursor, http.RequestAborted)).ConfigureAwait(false);
        return JsonResponse.Json(Page(page, ViewMapping.Summary), ApiJson.Default.PageViewExecutionSummary);
    }

    private static async Task<IResult> DetailAsync(HttpContext http, string id, IExecutionStore store, IExecutionReads reads, ExecutionGrainFactory executions)
    {
        var cancel = http.RequestAborted;
        var payloads = Query.Flag(http.Request.Query, "payloads", otherwise: true);
        var state = await LoadAsync(http, id, store).ConfigureAwait(false);
        var live = state.IsFinal ? null : await executions(id).Liveness().ConfigureAwait(false);
        var parts = new ExecutionDetailParts(
            state.EvidenceCount == 0 ? [] : await reads.EvidenceAsync(state, cancel).ConfigureAwait(false),
            state.RejectionCount == 0 ? [] : await reads.RejectionsAsync(state, cancel).ConfigureAwait(false),
            state.IsFinal ? await reads.FinalPayloadAsync(state, state.Epoch, cancel).ConfigureAwait(false) : null);
        parts = payloads || parts.Final is null ? parts : parts with { Final = parts.Final with { Output = null } };
        return JsonResponse.Json(ViewMapping.Detail(state, live, parts), ApiJson.Default.ExecutionDetail);
    }

    private static async Task<IResult> StepsAsync(HttpContext http, string id, IExecutionStore store, IExecutionReads reads)
    {
        var query = http.Request.Query;
        var (limit, cursor) = (Query.Limit(query), Query.Cursor(query));
        var filter = new StepFilter
        {
            Status = Query.Words<StepStatus>(query, "status"),
            ParentStepId = Query.One(query, "parent"),
            NewestFirst = Query.IsDescending(query),
            Payloads = Query.Flag(query, "payloads", otherwise: true),
        };
        var state = await LoadAsync(http, id, store).ConfigureAwait(false);
        var page = await Query.PagedAsync(query, () => reads.StepsAsync(state, filter, limit, cursor, http.RequestAborted)).ConfigureAwait(false);
        return JsonResponse.Json(Page(page, ViewMapping.Step), ApiJson.Default.PageViewStepView);
    }

    private static async Task<IResult> LogsAsync(HttpContext http, string id, IExecutionStore store, IExecutionReads reads)
    {
        var query = http.Request.Query;
        var (limit, cursor) = (Query.Limit(query), Query.Cursor(query));
        var filter = new LogFilter(
            Query.Word(query, "level", Severity.Debug, LogLevelAliases.Aliases), Query.One(query, "stepId"), Query.One(query, "q"), Query.IsDescending(query));
        var state = await LoadAsync(http, id, store).ConfigureAwait(false);
        var page = await Query.PagedAsync(query, () => reads.LogsAsync(state, filter, limit, cursor, http.RequestAborted)).ConfigureAwait(false);
        return JsonResponse.Json(Page(page, ViewMapping.Log), ApiJson.Default.PageViewLogView);
    }

    private static async Task<IResult> HistoryAsync(HttpContext http, string id, IExecutionStore store, IExecutionReads reads)
    {
        var query = http.Request.Query;
        var (limit, cursor, newestFirst) = (Query.Limit(query), Query.Cursor(query), Query.IsDescending(query));
        var state = await LoadAsync(http, id, store).ConfigureAwait(false);
        var page = await Query.PagedAsync(query, () => reads.HistoryAsync(state, newestFirst, limit, cursor, http.RequestAborted)).ConfigureAwait(false);
        return JsonResponse.Json(Page(page, ViewMapping.History), ApiJson.Default.PageViewHistoryView);
    }

    /// <exception cref="RequestException">The execution does not exist, or the caller may not see its namespace.</exception>
    private static async Task<ExecutionState> LoadAsync(HttpContext http, string id, IExecutionStore store)
    {
        var state = await store.LoadAsync(new ExecutionId(EndpointConventions.ExecutionIdOf(id)), http.RequestAborted).ConfigureAwait(false);
        return state is not null && Credential.Of(http).Sees(state.Namespace)
            ? state
            : throw new RequestException(ProblemCode.UnknownExecution, $"There is no execution {id}.");
    }

    private static PageView<TView> Page<TRow, TView>(Page<TRow> page, Func<TRow, TView> view) => new([.. page.Items.Select(view)], page.NextCursor);
}
