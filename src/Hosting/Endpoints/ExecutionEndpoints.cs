using ExecutionGrains.Hosting.Auth;
using ExecutionGrains.Hosting.Auth.Tokens;
using ExecutionGrains.Hosting.Description;
using ExecutionGrains.Hosting.Http;
using ExecutionGrains.Hosting.Parsing;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Endpoints;

/// <summary>The endpoints for creating and claiming executions.</summary>
public static class ExecutionEndpoints
{
    private const string IdempotencyKey = "Idempotency-Key";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/executions", CreateAsync).WithName("createExecution")
            .DescribesOperation(
                ApiTags.Report,
                "Create an execution",
                "Creates an execution. With `start` the call also claims and starts it. A repeated call answers 200: it fills in fields that have no value "
                + "yet. A field that contradicts the stored value is answered `conflict`.")
            .ReadsHeaders(HeaderDocs.IdempotencyKey, HeaderDocs.Trace)
            .RequireAccess(Role.Executor, own: true).AcceptsBody<CreateBody>().ReturnsJson<HandleView>(200, 201).Problems(404, 429, 503)
            .ReturnsProblems("conflict", "id_taken", "already_claimed", "already_finished")
            .DescribesResponse(200, "The execution already existed. `result` is `applied` if the call changed it, else `duplicate`.")
            .DescribesResponse(201, "The execution is created.");
        routes.MapPost("/v1/executions/{id}/claim", ClaimAsync).WithName("claimExecution")
            .DescribesOperation(
                ApiTags.Report,
                "Claim an execution",
                "Assigns a pending or paused execution to a worker and returns a run token for it. A repeated claim by the same worker and incarnation "
                + "returns the same epoch.")
            .RequireAccess(Role.Executor, own: true).AcceptsBody<ClaimBody>().ReturnsJson<HandleView>().Problems(404, 429, 503)
            .ReturnsProblems("already_claimed", "already_finished")
            .DescribesResponse(200, "The worker holds the execution. `token` is its run token.");
    }

    private static async Task<IResult> CreateAsync(HttpContext http, ExecutionGrainFactory executions, RunTokenIssuer tokens)
    {
        using var body = await RequestBody.ReadObjectAsync(http.Request).ConfigureAwait(false);
        var (create, said) = Read(body.RootElement);
        var id = said ?? IdOf(http.Request);
        var credential = Credential.Of(http);
        var answer = await executions(id).Create(create, credential.Caller(http.Request)).ConfigureAwait(false);
        return ExecutionHandleResult.Of(http, id, answer, credential, tokens);
    }

    private static async Task<IResult> ClaimAsync(HttpContext http, string id, ExecutionGrainFactory executions, RunTokenIssuer tokens)
    {
        using var body = await RequestBody.ReadObjectAsync(http.Request).ConfigureAwait(false);
        var worker = RequestBody.Fields(body.RootElement, CreateReader.WorkerOf);
        var credential = Credential.Of(http);
        var answer = await executions(EndpointConventions.ExecutionIdOf(id)).Claim(worker, credential.Caller(http.Request)).ConfigureAwait(false);
        return ExecutionHandleResult.Of(http, id, answer, credential, tokens);
    }

    private static (CreateExecution Create, string? Id) Read(System.Text.Json.JsonElement json) =>
        RequestBody.Fields(json, fields => (CreateReader.Read(fields, out var id), id));

    private static string IdOf(HttpRequest request)
    {
        var given = request.Headers[IdempotencyKey].ToString();
        if (given.Length == 0)
        {
            return Guid.CreateVersion7().ToString("N");
        }

        return ExecutionId.IsValid(given)
            ? given
            : throw new RequestException(ProblemCode.InvalidRequest, $"{IdempotencyKey} {ExecutionId.Rule}.");
    }
}
