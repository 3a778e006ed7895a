using System.Text;
using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Auth;
using ExecutionGrains.Hosting.Auth.Audit;
using ExecutionGrains.Hosting.Auth.Tokens;
using ExecutionGrains.Hosting.Description;
using ExecutionGrains.Hosting.Http;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Endpoints;

/// <summary>The endpoints for operators: cancel, resolve, requeue and delete executions; pause and resume the janitor.</summary>
public static class OperatorEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/executions/{id}/cancel", CancelAsync).WithName("cancelExecution")
            .DescribesOperation(
                ApiTags.Operate,
                "Cancel an execution",
                "Cancels a pending or paused execution at once (200). Asks the worker of a claimed or running execution to stop (202). A repeated cancel "
                + "returns the reason and the time of the first one.")
            .RequireAccess(Role.Operator, own: true).AcceptsAnyJson<ReasonBody>(isOptional: true).ReturnsJson<CancelAnswerView>(200, 202)
            .Problems(404, 429, 503)
            .ReturnsProblems("already_finished")
            .DescribesResponse(200, "The execution is cancelled, or its cancellation was requested before.")
            .DescribesResponse(202, "The cancellation is requested. The response to the worker's next report tells it to stop.");
        routes.MapPost("/v1/executions/{id}/resolve", ResolveAsync).WithName("resolveExecution")
            .DescribesOperation(ApiTags.Operate, "Resolve a lost execution", "Records an operator's finding about a lost execution. Its status stays `lost`.")
            .RequireAccess(Role.Operator).AcceptsAnyJson<ResolveBody>().ReturnsJson<HandleView>().Problems(404, 429, 503).ReturnsProblems("not_lost")
            .DescribesResponse(200, "The resolution is recorded.");
        routes.MapPost("/v1/executions/{id}/requeue", RequeueAsync).WithName("requeueExecution")
            .DescribesOperation(
                ApiTags.Operate,
                "Requeue an execution",
                "Makes an execution pending again, in its next epoch. A lost execution can always be requeued; one that ended otherwise only while it has "
                + "attempts left.")
            .RequireAccess(Role.Operator, own: true).AcceptsAnyJson<ReasonBody>(isOptional: true).ReturnsJson<HandleView>().Problems(404, 429, 503)
            .ReturnsProblems("not_requeueable")
            .DescribesResponse(200, "The execution is pending. `epoch` is the epoch of the next claim.");
        routes.MapDelete("/v1/executions/{id}", DeleteAsync).WithName("deleteExecution")
            .DescribesOperation(
                ApiTags.Operate,
                "Delete an execution",
                "Deletes a finished execution with its steps, log lines, history, evidence and payloads. Statistics still count it, and the audit log records "
                + "the deletion. The id cannot be used again for the time in the setting `Retention__Tombstones`: creating it is answered `id_taken`. An "
                + "execution with the label `legal-hold` cannot be deleted, unless the value of the label is `false`.")
            .RequireAccess(Role.Admin).Produces(204).DescribesResponse(204, "The execution is deleted.").Problems(404, 429, 503)
            .ReturnsProblems("not_finished", "legal_hold");
        routes.MapPost("/v1/janitor/pause", (HttpContext http, IOperationsStore store, [FromKeyedServices(TrackerClock.Key)] TimeProvider time) =>
            PauseAsync(http, store, time, paused: true)).WithName("pauseJanitor")
            .DescribesOperation(ApiTags.Operate, "Pause the janitor", "No execution is declared lost, timed out or expired until the janitor is resumed.")
            .RequireAccess(Role.Operator, everywhere: true).AcceptsAnyJson<ReasonBody>(isOptional: true).ReturnsJson<PausedView>().Problems(503);
        routes.MapPost("/v1/janitor/resume", (HttpContext http, IOperationsStore store, [FromKeyedServices(TrackerClock.Key)] TimeProvider time) =>
            PauseAsync(http, store, time, paused: false)).WithName("resumeJanitor")
            .DescribesOperation(
                ApiTags.Operate,
                "Resume the janitor",
                "Executions can again be declared lost, timed out or expired. If the janitor was holding back a mass loss, these executions are now declared "
                + "lost.")
            .RequireAccess(Role.Operator, everywhere: true).AcceptsAnyJson<ReasonBody>(isOptional: true).ReturnsJson<PausedView>().Problems(503);
    }

    private static async Task<IResult> CancelAsync(HttpContext http, string id, ExecutionGrainFactory executions)
    {
        using var body = await RequestBody.ReadObjectAsync(http.Request, mayBeEmpty: true).ConfigureAwait(false);
        var reason = RequestBody.Fields(body.RootElement, EndpointConventions.Reason);
        var answer = await executions(EndpointConventions.ExecutionIdOf(id)).Cancel(reason, Credential.Of(http).Caller(http.Request)).ConfigureAwait(false);
        if (answer.Code is { } code)
        {
            return ProblemResult.Of(
                code,
                code == Code.Forbidden ? EndpointConventions.NotOwnDetail : answer.Message,
                code is Code.UnknownExecution or Code.Forbidden ? null : answer.Status);
        }

        var view = new CancelAnswerView(id, answer.Status, answer.PreviousStatus, answer.Reason, answer.RequestedAt);
        var isRequestOnly = answer.Result == Result.Applied && answer.Status is ExecutionStatus.Claimed or ExecutionStatus.Running;
        return JsonResponse.Json(view, ApiJson.Default.CancelAnswerView, isRequestOnly ? 202 : 200);
    }

    private static async Task<IResult> ResolveAsync(HttpContext http, string id, ExecutionGrainFactory executions, RunTokenIssuer tokens)
    {
        using var body = await RequestBody.ReadObjectAsync(http.Request).ConfigureAwait(false);
        var (resolution, reason) = RequestBody.Fields(body.RootElement, f => (f.Word<Resolution>("resolution", required: true), EndpointConventions.Reason(f)));
        var credential = Credential.Of(http);
        var answer = await executions(EndpointConventions.ExecutionIdOf(id))
            .Resolve(resolution ?? default, reason, credential.Caller(http.Request)).ConfigureAwait(false);
        return ExecutionHandleResult.Of(http, id, answer, credential, tokens);
    }

    private static async Task<IResult> RequeueAsync(HttpContext http, string id, ExecutionGrainFactory executions, RunTokenIssuer tokens)
    {
        using var body = await RequestBody.ReadObjectAsync(http.Request, mayBeEmpty: true).ConfigureAwait(false);
        var reason = RequestBody.Fields(body.RootElement, EndpointConventions.Reason);
        var credential = Credential.Of(http);
        var answer = await executions(EndpointConventions.ExecutionIdOf(id)).Requeue(reason, credential.Caller(http.Request)).ConfigureAwait(false);
        return ExecutionHandleResult.Of(http, id, answer, credential, tokens);
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, string id, ExecutionGrainFactory executions)
    {
        var answer = await executions(EndpointConventions.ExecutionIdOf(id)).Delete(Credential.Of(http).Caller(http.Request)).ConfigureAwait(false);
        return answer.Code is { } code ? ProblemResult.Of(code, answer.Message, code == Code.UnknownExecution ? null : answer.Status) : Results.NoContent();
    }

    private static async Task<IResult> PauseAsync(HttpContext http, IOperationsStore store, TimeProvider time, bool paused)
    {
        using var body = await RequestBody.ReadObjectAsync(http.Request, mayBeEmpty: true).ConfigureAwait(false);
        var reason = RequestBody.Fields(body.RootElement, EndpointConventions.Reason);
        // From here on the call must complete even if the client disconnects.
        var settings = new List<(string Name, byte[] Value)> { (JanitorSettings.PausedSetting, Encoding.ASCII.GetBytes(paused ? "1" : "0")) };
        if (!paused && await IsHeldAsync(store).ConfigureAwait(false))
        {
            // Resuming a janitor that holds back a mass loss is the operator's consent to it.
            settings.Add((JanitorSettings.HoldSetting, Encoding.ASCII.GetBytes(JanitorSettings.Released)));
        }

        var row = AuditContext.Row(http, time.GetUtcNow(), paused ? "janitor.pause" : "janitor.resume", null, FieldValidation.NormalizeNote(reason));
        await store.WriteSettingsAsync(settings, row, CancellationToken.None).ConfigureAwait(false);
        return JsonResponse.Json(new PausedView(paused), ApiJson.Default.PausedView);
    }

    private static async Task<bool> IsHeldAsync(IOperationsStore store)
    {
        var hold = await store.SettingAsync(
            JanitorSettings.HoldSetting, () => Encoding.ASCII.GetBytes(JanitorSettings.NotHeld), CancellationToken.None).ConfigureAwait(false);
        return Encoding.ASCII.GetString(hold) == JanitorSettings.Held;
    }
}
