using ExecutionGrains.Rules;
using ExecutionGrains.Silo.Auth;
using ExecutionGrains.Silo.Parsing;
using ExecutionGrains.Views;

namespace ExecutionGrains.Silo.Http;

/// <summary>What every endpoint says of itself: who may call, what it takes, what it gives.</summary>
public static class EndpointShape
{
    private const string Problem = "application/problem+json";

    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder route, Role role, bool runToken = false, bool everywhere = false) =>
        Problems(route.WithMetadata(new Access(role, runToken, everywhere)), 401, 403);

    public static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder route, params int[] statuses)
    {
        foreach (var status in statuses.Length == 0 ? [200] : statuses)
        {
            route.Produces<T>(status, "application/json");
        }

        return route;
    }

    public static RouteHandlerBuilder Problems(this RouteHandlerBuilder route, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            route.Produces<ProblemView>(status, Problem);
        }

        return route;
    }

    public static RouteHandlerBuilder Queries(this RouteHandlerBuilder route, params string[] names) =>
        Problems(route.WithMetadata(new QueryNames(names)), 400);

    /// <summary>The execution named in the path.</summary>
    /// <exception cref="RequestProblem">It is no execution id.</exception>
    public static string ExecutionIdOf(string id) => ExecutionId.IsValid(id)
        ? id
        : throw new RequestProblem(
            ProblemCode.InvalidRequest,
            "The execution id in the path must be 1 to 128 characters of [A-Za-z0-9._:-].",
            [new FieldErrorView("/executionId", "must be 1 to 128 characters of [A-Za-z0-9._:-]")]);

    public static string? Reason(Fields fields) => fields.Free("reason", Limits.NoteLength);
}
