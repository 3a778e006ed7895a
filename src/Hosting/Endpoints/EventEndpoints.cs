using System.Text.Json;
using ExecutionGrains.Hosting.Auth;
using ExecutionGrains.Hosting.Auth.Tokens;
using ExecutionGrains.Hosting.Description;
using ExecutionGrains.Hosting.Http;
using ExecutionGrains.Hosting.Parsing;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Rules;
using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Endpoints;

/// <summary>The endpoint for reporting events of one execution.</summary>
public static class EventEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/executions/{id}/events", ReportAsync).WithName("reportEvents")
            .DescribesOperation(
                ApiTags.Report,
                "Report events of one execution",
                "Applies the events in order and stores them durably before it answers. Each event has its own result: a refused event does not affect the "
                + "others. An event for an unknown execution creates it; for a deleted one it is rejected with `unknown_execution`. "
                + "Accepts an API key, or the run token of the execution.")
            .ReadsHeaders(HeaderDocs.Trace)
            .RequireAccess(Role.Executor, runToken: true, own: true).AcceptsBody<EventsBody>().ReturnsJson<ReportView>().Problems(404, 429, 503)
            .ReturnsProblems("id_taken")
            .DescribesResponse(200, "Every event was processed: `results` has one item per event, in the same order.");

    private static async Task<IResult> ReportAsync(HttpContext http, string id, ExecutionGrainFactory executions, RunTokenIssuer tokens)
    {
        var report = await ReadAsync(http.Request).ConfigureAwait(false);
        var credential = Credential.Of(http);
        var execution = executions(EndpointConventions.ExecutionIdOf(id));
        var caller = credential.Caller(http.Request);
        var answer = await execution.Report(report with { TokenEpoch = credential.Token?.Epoch }, caller).ConfigureAwait(false);
        if (answer.Refused is { } refused)
        {
            // A run token is issued for existing executions only, and an event creates an unknown one, so this one was deleted.
            return refused == Code.UnknownExecution && credential.Token is not null ? new ProblemResult(ProblemCode.TokenInvalid, "The execution was deleted.")
                : refused == Code.UnknownExecution && report.Events.Length > 0 ? JsonResponse.Json(Deleted(id, report), ApiJson.Default.ReportView)
                : refused == Code.UnknownExecution ? ProblemResult.UnknownExecution(id)
                : refused == Code.IdTaken ? ProblemResult.IdTaken(id)
                : ProblemResult.Of(refused, refused == Code.Forbidden ? EndpointConventions.ForbiddenDetail(caller) : null);
        }

        return JsonResponse.Json(View(id, answer, Fresh(credential.Token, answer, tokens)), ApiJson.Default.ReportView);
    }

    private static async Task<EventReport> ReadAsync(HttpRequest request)
    {
        using var body = await RequestBody.ReadJsonAsync(request).ConfigureAwait(false);
        return Read(body.RootElement);
    }

    /// <exception cref="RequestException">The body has no array of events, too many of them, or an epoch that is none.</exception>
    internal static EventReport Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw NoEvents();
        }

        var (epoch, events) = RequestBody.Fields(root, fields => (
            Epoch: (int?)fields.Whole("epoch", FieldValidation.Epochs),
            Events: fields.TryGet("events", out var found) && found.ValueKind == JsonValueKind.Array ? found : throw NoEvents()));
        var count = events.GetArrayLength();
        if (count > Limits.EventsInRequestMax)
        {
            throw RequestBody.TooLarge($"The request has {count} events; at most {Limits.EventsInRequestMax} are allowed.");
        }

        return new EventReport(epoch, [.. events.EnumerateArray().Select(EventReader.Read)]);
    }

    /// <summary>
    /// A new run token if the current one is past half of its lifetime, else null. Not after the epoch has ended: renewals would keep its token valid forever.
    /// </summary>
    private static (string Token, DateTimeOffset ExpiresAt)? Fresh(RunToken? token, ReportAnswer answer, RunTokenIssuer tokens) =>
        token is not null && token.Epoch == answer.Epoch && answer.Status < ExecutionStatus.Succeeded && tokens.IsPastHalf(token)
            ? tokens.Issue(token.ExecutionId, token.Epoch, token.KeyId)
            : null;

    private static ReportView View(string id, ReportAnswer answer, (string Token, DateTimeOffset ExpiresAt)? fresh) => new()
    {
        ExecutionId = id,
        Status = answer.Status,
        Version = answer.Version,
        Epoch = answer.Epoch,
        LeaseExpiresAt = answer.LeaseExpiresAt,
        Control = answer.Control,
        Token = fresh?.Token,
        TokenExpiresAt = fresh?.ExpiresAt,
        Results = answer.Results,
    };

    /// <summary>An unknown execution would have been created. One whose id must not be used again was deleted: there is nothing to do for its worker.</summary>
    private static ReportView Deleted(string id, EventReport report) => new()
    {
        ExecutionId = id,
        Status = null,
        Version = 0,
        Epoch = 0,
        Control = new(CancelRequested: false, CancelReason: null, Stop: true),
        Results =
        [
            .. report.Events.Select(e =>
                new EventAnswer(FieldValidation.EventId(e.EventId), Result.Rejected, Code.UnknownExecution, "The execution was deleted.")),
        ],
    };

    private static RequestException NoEvents() => new(ProblemCode.Malformed, "The body must be a JSON object with an array of events in the field events.");
}
