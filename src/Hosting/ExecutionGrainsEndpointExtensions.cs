using ExecutionGrains.Hosting.Setup;

namespace ExecutionGrains.Hosting;

/// <summary>Adds the tracker's HTTP API and dashboard to an ASP.NET Core app whose silo has <see cref="ExecutionGrainsSiloBuilderExtensions"/>.</summary>
public static class ExecutionGrainsEndpointExtensions
{
    /// <summary>
    /// Adds the middleware of the API: problem answers, rate limits, routing, authentication, compression. It handles every request of the pipeline that it
    /// is added to; an app with endpoints of its own adds it to a branch:
    /// <c>app.UseWhen(http => http.Request.Path.StartsWithSegments("/v1"), tracker => tracker.UseExecutionGrains())</c>.
    /// </summary>
    public static IApplicationBuilder UseExecutionGrains(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return ApiSetup.Use(app);
    }

    /// <summary>Maps <c>/v1</c>, <c>/health</c>, <c>/openapi</c> and the dashboard at <c>/</c>. Needs <see cref="UseExecutionGrains"/>.</summary>
    public static IEndpointRouteBuilder MapExecutionGrains(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        return ApiSetup.Map(routes);
    }
}
