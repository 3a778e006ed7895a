using ExecutionGrains.Silo.Auth;
using ExecutionGrains.Silo.Hosting;
using ExecutionGrains.Silo.Http;
using ExecutionGrains.Silo.Parsing;
using ExecutionGrains.Views;

namespace ExecutionGrains.Silo.Endpoints;

/// <summary>Create and claim.</summary>
public static class ExecutionEndpoints
{
    private const string IdempotencyKey = "Idempotency-Key";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/executions", CreateAsync).WithName("createExecution")
            .Needs(Role.Executor).Takes<CreateBody>().Gives<HandleView>(200, 201).Problems(404, 409, 429, 503);
        routes.MapPost("/v1/executions/{id}/claim", ClaimAsync).WithName("claimExecution")
            .Needs(Role.Executor).Takes<ClaimBody>().Gives<HandleView>().Problems(404, 409, 429, 503);
    }

    private static async Task<IResult> CreateAsync(HttpContext http, Executions executions, RunTokens tokens)
    {
        using var body = await RequestBody.ReadObjectAsync(http.Request).ConfigureAwait(false);
        var (create, said) = Read(body.RootElement);
        var id = said ?? IdOf(http.Request);
        var credential = Credential.Of(http);
        var answer = await executions(id).Create(create, credential.Caller(http.Request)).ConfigureAwait(false);
        return Handle.Of(http, id, answer, credential, tokens);
    }

    private static async Task<IResult> ClaimAsync(HttpContext http, string id, Executions executions, RunTokens tokens)
    {
        using var body = await RequestBody.ReadObjectAsync(http.Request).ConfigureAwait(false);
        var worker = RequestBody.Fields(body.RootElement, CreateReading.WorkerOf);
        var credential = Credential.Of(http);
        var answer = await executions(EndpointShape.ExecutionIdOf(id)).Claim(worker, credential.Caller(http.Request)).ConfigureAwait(false);
        return Handle.Of(http, id, answer, credential, tokens);
    }

    private static (CreateExecution Create, string? Id) Read(System.Text.Json.JsonElement json) =>
        RequestBody.Fields(json, fields => (CreateReading.Read(fields, out var id), id));

    private static string IdOf(HttpRequest request)
    {
        var given = request.Headers[IdempotencyKey].ToString();
        if (given.Length == 0)
        {
            return Guid.CreateVersion7().ToString("N");
        }

        return ExecutionId.IsValid(given)
            ? given
            : throw new RequestProblem(ProblemCode.InvalidRequest, $"{IdempotencyKey} {ExecutionId.Rule}.");
    }
}
