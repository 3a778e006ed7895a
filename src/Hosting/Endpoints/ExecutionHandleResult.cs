using ExecutionGrains.Hosting.Auth;
using ExecutionGrains.Hosting.Auth.Tokens;
using ExecutionGrains.Hosting.Http;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Endpoints;

/// <summary>The response of the calls that return an execution handle: create, claim, resolve and requeue.</summary>
public static class ExecutionHandleResult
{
    public static IResult Of(HttpContext http, string id, CommandAnswer answer, Credential credential, RunTokenIssuer tokens)
    {
        switch (answer.Code)
        {
            case Code.Forbidden:
                return ProblemResult.Of(Code.Forbidden, EndpointConventions.ForbiddenDetail(credential.Caller(http.Request)));
            case Code.IdTaken:
                return ProblemResult.IdTaken(id);
            case Code.LimitExceeded:
                // Here the grain reports this for labels only: those of several calls add up. All other limits are checked before the call.
                var message = answer.Message ?? $"/labels: {ProblemCode.Title(Code.LimitExceeded.Word())}";
                return new ProblemResult(ProblemCode.InvalidRequest, $"{message}.", [new FieldErrorView("/labels", message.Split(": ", 2)[^1])]);
        }

        if (answer.Code is { } code)
        {
            return ProblemResult.Of(code, answer.Message, code == Code.UnknownExecution ? null : answer.Status);
        }

        var token = answer.Claimed ? tokens.Issue(id, answer.Epoch, credential.Cause) : default((string Token, DateTimeOffset ExpiresAt)?);
        var handle = new HandleView
        {
            ExecutionId = id,
            Result = answer.Result,
            Status = answer.Status,
            Version = answer.Version,
            Epoch = answer.Epoch,
            Token = token?.Token,
            TokenExpiresAt = token?.ExpiresAt,
            LeaseExpiresAt = answer.LeaseExpiresAt,
        };
        return JsonResponse.Json(handle, ApiJson.Default.HandleView, answer.Created ? 201 : 200);
    }
}
