using ExecutionGrains.Hosting.Auth;
using ExecutionGrains.Hosting.Description;
using ExecutionGrains.Hosting.Parsing;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Http;

/// <summary>Extension methods with which endpoints declare their authorization, their requests and their responses.</summary>
public static class EndpointConventions
{
    private const string Json = "application/json";
    private const string Problem = "application/problem+json";

    /// <summary>
    /// Content type for routing. <see cref="RequestValidationMiddleware"/> checks the real one (<see cref="AcceptedContentTypes"/>), so that a missing
    /// credential is answered
    /// before a wrong type.
    /// </summary>
    private const string AnyType = "*/*";

    /// <summary>
    /// Requires authorization (<see cref="AccessRequirement"/> explains the parameters), and declares the problem responses that every authorized endpoint
    /// can give.
    /// </summary>
    public static RouteHandlerBuilder RequireAccess(
        this RouteHandlerBuilder route, Role role, bool runToken = false, bool everywhere = false, bool own = false) =>
        Problems(route.Requires(new AccessRequirement(role, runToken, everywhere, own)), 400, 401, 403, 413, 429, 500, 503);

    /// <summary>Accepts a body of one of the content types, default JSON. Others are answered 415.</summary>
    public static RouteHandlerBuilder AcceptsBody<T>(this RouteHandlerBuilder route, params string[] types) where T : notnull =>
        Problems(route.Accepts<T>(AnyType).WithMetadata(new AcceptedContentTypes(types.Length == 0 ? [Json] : types, IsAnyTaken: false)), 400, 408, 413, 415);

    /// <summary>Accepts JSON with any Content-Type, for operators who use tools such as curl.</summary>
    public static RouteHandlerBuilder AcceptsAnyJson<T>(this RouteHandlerBuilder route, bool isOptional = false) where T : notnull =>
        Problems(route.Accepts<T>(isOptional, AnyType).WithMetadata(new AcceptedContentTypes([Json], IsAnyTaken: true)), 400, 408, 413, 415);

    public static RouteHandlerBuilder ReturnsJson<T>(this RouteHandlerBuilder route, params int[] statuses)
    {
        foreach (var status in statuses.Length == 0 ? [200] : statuses)
        {
            route.Produces<T>(status, Json);
        }

        return route;
    }

    /// <summary>Answers line by line, without a tag.</summary>
    /// <typeparam name="T">One line.</typeparam>
    internal static RouteHandlerBuilder Streams<T>(this RouteHandlerBuilder route, string contentType) =>
        route.Produces<T>(200, contentType).WithMetadata(new Streamed());

    public static RouteHandlerBuilder Problems(this RouteHandlerBuilder route, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            route.Produces<ProblemView>(status, Problem);
        }

        return route;
    }

    /// <summary>Sets the tag, summary and description in the OpenAPI document.</summary>
    internal static RouteHandlerBuilder DescribesOperation(this RouteHandlerBuilder route, string tag, string summary, string description) =>
        route.WithTags(tag).WithSummary(summary).WithDescription(description);

    /// <summary>Sets the description of a successful response in the OpenAPI document.</summary>
    internal static RouteHandlerBuilder DescribesResponse(this RouteHandlerBuilder route, int status, string description) =>
        route.WithMetadata(new ResponseDescription(status, description));

    /// <summary>Declares the endpoint's problem codes. For each of their statuses, the list must be complete.</summary>
    internal static RouteHandlerBuilder ReturnsProblems(this RouteHandlerBuilder route, params string[] codes)
    {
        foreach (var byStatus in codes.GroupBy(ProblemCode.Status))
        {
            route.Problems(byStatus.Key).WithMetadata(new DocumentedProblemCodes(byStatus.Key, [.. byStatus]));
        }

        return route;
    }

    internal static RouteHandlerBuilder ReadsHeaders(this RouteHandlerBuilder route, params HeaderDocs[] headers) =>
        route.WithMetadata(new DocumentedHeaders(headers));

    public static RouteHandlerBuilder AcceptsQuery(this RouteHandlerBuilder route, params string[] names) =>
        Problems(route.WithMetadata(new AcceptedQueryParameters(names)), 400);

    /// <summary>Checks the execution id in the path and returns it.</summary>
    /// <exception cref="RequestException">The text is not a valid execution id.</exception>
    public static string ExecutionIdOf(string id) => ExecutionId.IsValid(id)
        ? id
        : throw new RequestException(
            ProblemCode.InvalidRequest,
            $"The execution id in the path {ExecutionId.Rule}.",
            [new FieldErrorView("/executionId", ExecutionId.Rule)]);

    /// <summary>The problem detail for a caller whose call the grain refused as <c>forbidden</c>.</summary>
    public static string ForbiddenDetail(Caller caller) => caller.OwnOnly
        ? NotOwnDetail
        : caller.DefaultNamespace is null
        ? "The key has several namespaces; name one of them in the field namespace."
        : "The key does not have this namespace.";

    /// <summary>The problem detail for an executor that cancels, requeues or reports on an execution which its key neither created nor claimed.</summary>
    public const string NotOwnDetail = "The key may do this only to executions in its namespaces that it created or claimed.";

    public static string? Reason(JsonFields fields) => fields.String("reason");
}
