using ExecutionGrains.Hosting.Auth.Schemes;
using Microsoft.AspNetCore.Authorization;

namespace ExecutionGrains.Hosting.Auth;

/// <summary>
/// The authorization policies of the endpoints. Each endpoint has an <see cref="AccessRequirement"/> requirement or allows anonymous callers.
/// </summary>
public static class Policies
{
    public static AuthorizationPolicy Of(AccessRequirement access) => new AuthorizationPolicyBuilder(SchemeNames.Any).AddRequirements(access).Build();

    /// <summary>Adds the policy of the requirement to the endpoints, and the requirement itself as metadata.</summary>
    public static T Requires<T>(this T endpoints, AccessRequirement access) where T : IEndpointConventionBuilder =>
        endpoints.RequireAuthorization(Of(access)).WithMetadata(access);

    /// <summary>
    /// Whether a route has neither an <see cref="AccessRequirement"/> requirement nor <see cref="IAllowAnonymous"/>. Such a route must not be served.
    /// </summary>
    public static bool IsMissing(Endpoint? endpoint) =>
        endpoint is RouteEndpoint route && route.Metadata.GetMetadata<AccessRequirement>() is null && route.Metadata.GetMetadata<IAllowAnonymous>() is null;
}
