using ExecutionGrains.Hosting.Setup;

namespace ExecutionGrains.Hosting;

/// <summary>Adds the tracker's HTTP API and dashboard to an ASP.NET Core app whose silo has <see cref="ExecutionGrainsSiloBuilderExtensions"/>.</summary>
public static class ExecutionGrainsEndpointExtensions
{
    /// <summary>
    /// Adds the middleware of the tracker's endpoints: problem answers, rate limits, routing, authentication, compression. Requests of other paths pass it
    /// unchanged. Call it after forwarded headers and before all other middleware. It calls
    /// <c>UseRouting</c>, so an app whose own endpoints need authorization calls <c>UseAuthentication</c> and <c>UseAuthorization</c> after it.
    /// </summary>
    /// <param name="everyRequest">
    /// Whether requests of all paths are the tracker's, so that an unknown path is answered with a problem document. For an app that serves nothing else.
    /// Default false.
    /// </param>
    public static IApplicationBuilder UseExecutionGrains(this WebApplication app, bool everyRequest = false)
    {
        ArgumentNullException.ThrowIfNull(app);
        return everyRequest ? ApiSetup.Use(app) : ApiSetup.UseForOwnPaths(app);
    }

    /// <summary>
    /// Maps the tracker's endpoints below <c>/v1</c>, <c>/health/live</c>, <c>/health/ready</c>, <c>/openapi/v1.json</c>,
    /// <c>/.well-known/security.txt</c>, and the dashboard at <see cref="Settings.ExecutionGrainsOptions.DashboardPath"/> with its files and its sign-in.
    /// Needs <see cref="UseExecutionGrains"/>.
    /// </summary>
    public static IEndpointRouteBuilder MapExecutionGrains(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        return ApiSetup.Map(routes);
    }
}
