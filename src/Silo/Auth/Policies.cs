using Microsoft.AspNetCore.Authorization;

namespace ExecutionGrains.Silo.Auth;

/// <summary>The authorization policies of the endpoints: each names its <see cref="Access"/>, or is open to everybody.</summary>
public static class Policies
{
    public static AuthorizationPolicy Of(Access access) => new AuthorizationPolicyBuilder(SchemeNames.Any).AddRequirements(access).Build();

    /// <summary>Gives endpoints their policy.</summary>
    public static T Requires<T>(this T endpoints, Access access) where T : IEndpointConventionBuilder =>
        endpoints.RequireAuthorization(Of(access)).WithMetadata(access);

    /// <summary>Whether a route neither has a policy nor says that it is open to everybody: it is served to nobody.</summary>
    public static bool IsMissing(Endpoint? endpoint) =>
        endpoint is RouteEndpoint route && route.Metadata.GetMetadata<Access>() is null && route.Metadata.GetMetadata<IAllowAnonymous>() is null;
}
