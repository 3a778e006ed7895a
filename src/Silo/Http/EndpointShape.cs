using ExecutionGrains.Silo.Auth;
using ExecutionGrains.Silo.Parsing;
using ExecutionGrains.Views;

namespace ExecutionGrains.Silo.Http;

/// <summary>What every endpoint declares: who may call it, what it takes and what it answers.</summary>
public static class EndpointShape
{
    private const string Json = "application/json";
    private const string Problem = "application/problem+json";

    /// <summary>For routing: which types are taken is asked after the caller's key (<see cref="BodyTypes"/>).</summary>
    private const string AnyType = "*/*";

    /// <inheritdoc cref="Access"/>
    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder route, Role role, bool runToken = false, bool everywhere = false, bool own = false) =>
        Problems(route.Requires(new Access(role, runToken, everywhere, own)), 400, 401, 403, 413, 429, 500, 503);

    /// <summary>Takes a body of one of the content types; another is 415.</summary>
    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder route, params string[] types) where T : notnull =>
        Problems(route.Accepts<T>(AnyType).WithMetadata(new BodyTypes(types.Length == 0 ? [Json] : types, IsAnyTaken: false)), 400, 408, 413, 415);

    /// <summary>Takes JSON whatever content type it claims, as operators' tools send it.</summary>
    public static RouteHandlerBuilder TakesJson<T>(this RouteHandlerBuilder route, bool isOptional = false) where T : notnull =>
        Problems(route.Accepts<T>(isOptional, AnyType).WithMetadata(new BodyTypes([Json], IsAnyTaken: true)), 400, 408, 413, 415);

    public static RouteHandlerBuilder Gives<T>(this RouteHandlerBuilder route, params int[] statuses)
    {
        foreach (var status in statuses.Length == 0 ? [200] : statuses)
        {
            route.Produces<T>(status, Json);
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

    /// <summary>What the OpenAPI document says of the endpoint.</summary>
    internal static RouteHandlerBuilder Describes(this RouteHandlerBuilder route, string tag, string summary, string description) =>
        route.WithTags(tag).WithSummary(summary).WithDescription(description);

    /// <summary>What a successful answer means.</summary>
    internal static RouteHandlerBuilder Means(this RouteHandlerBuilder route, int status, string description) =>
        route.WithMetadata(new AnswerMeaning(status, description));

    /// <summary>The problem codes of this endpoint; of their statuses it has no others.</summary>
    internal static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params string[] codes)
    {
        foreach (var byStatus in codes.GroupBy(ProblemCode.Status))
        {
            route.Problems(byStatus.Key).WithMetadata(new RefusalCodes(byStatus.Key, [.. byStatus]));
        }

        return route;
    }

    internal static RouteHandlerBuilder Reads(this RouteHandlerBuilder route, params HeaderShape[] headers) => route.WithMetadata(new RequestHeaders(headers));

    public static RouteHandlerBuilder Queries(this RouteHandlerBuilder route, params string[] names) =>
        Problems(route.WithMetadata(new QueryNames(names)), 400);

    /// <summary>The execution named in the path.</summary>
    /// <exception cref="RequestProblem">It is no execution id.</exception>
    public static string ExecutionIdOf(string id) => ExecutionId.IsValid(id)
        ? id
        : throw new RequestProblem(
            ProblemCode.InvalidRequest,
            $"The execution id in the path {ExecutionId.Rule}.",
            [new FieldErrorView("/executionId", ExecutionId.Rule)]);

    /// <summary>What a caller is told whose key does not say where an execution goes, or not there.</summary>
    public static string ForbiddenDetail(Caller caller) => caller.OwnOnly
        ? NotOwnDetail
        : caller.DefaultNamespace is null
        ? "The key has several namespaces; say one of them in the field namespace."
        : "The key does not have this namespace.";

    /// <summary>What an executor is told that cancels, requeues or reports what is not its own.</summary>
    public const string NotOwnDetail = "The key may do this only in its namespaces, to executions that it created or claimed.";

    public static string? Reason(Fields fields) => fields.String("reason");
}
