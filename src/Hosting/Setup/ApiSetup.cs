using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Auditing;
using ExecutionGrains.Hosting.Auth.Browser;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Auth.RateLimits;
using ExecutionGrains.Hosting.Auth.Tokens;
using ExecutionGrains.Hosting.Endpoints;
using ExecutionGrains.Hosting.Http;
using ExecutionGrains.Hosting.OpenApi;
using ExecutionGrains.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ExecutionGrains.Hosting.Setup;

/// <summary>Registers the services, the middleware and the endpoints of the HTTP API.</summary>
internal static class ApiSetup
{
    public static void Add(IServiceCollection services, ExecutionGrainsOptions options)
    {
        services.TryAddKeyedSingleton(TrackerClock.Key, TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<TrackerStartup>().AddHostedService(provider => provider.GetRequiredService<TrackerStartup>());
        services.AddSingleton<CredentialCacheAge>().AddSingleton<OneTimeCodes>();
        services.AddSingleton<ApiKeyCache>().AddSingleton<PayloadSigner>().AddSingleton<RunTokenIssuer>();
        services.AddSingleton<AdminKeySetup>().AddSingleton<BodyMemoryBudget>();
        AuthenticationSetup.Add(services, options);
        services.AddSingleton<KeyRefresh>().AddHostedService(provider => provider.GetRequiredService<KeyRefresh>());
        services.AddSingleton<AuditSealer>().AddHostedService(provider => provider.GetRequiredService<AuditSealer>());
        services.AddRequestDecompression();
        // Only for the OpenAPI document: endpoints name their serializer. It knows the tracker's types and changes no other.
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
        // A host without HTTP has no routing, and the services above need it to be constructed.
        services.AddRouting();
        OpenApiEndpoint.Add(services);
    }

    /// <summary>Handles the requests of the tracker's paths in a branch that ends with its endpoints. All others pass on to the app's routing.</summary>
    public static IApplicationBuilder UseForOwnPaths(WebApplication app)
    {
        var options = app.Services.GetRequiredService<ExecutionGrainsOptions>();
        app.Use(next =>
        {
            // Built with the app's pipeline, because the endpoints are mapped after this call.
            var branch = ((IApplicationBuilder)app).New();
            Use(branch).UseEndpoints(routes =>
            {
                foreach (var source in ((IEndpointRouteBuilder)app).DataSources)
                {
                    routes.DataSources.Add(source);
                }
            });
            var tracker = branch.Build();
            return http => TrackerPaths.Contains(http.Request.Path, options) ? tracker(http) : next(http);
        });
        // Otherwise WebApplication would route, authenticate and authorize every request before the branch.
        return app.UseRouting();
    }

    public static IApplicationBuilder Use(IApplicationBuilder app)
    {
        var limits = app.ApplicationServices.GetRequiredService<RequestRateLimits>();
        app.UseBodyCompression();
        app.UseMiddleware<ResponseHeadersMiddleware>();
        app.UseMiddleware<HeadAsGetMiddleware>();
        app.UseMiddleware<ForbiddenAuditMiddleware>();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<RequestHeadLimitMiddleware>();
        app.UseRateLimiter(limits.PerAddress());
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter(limits.PerKey());
        app.UseMiddleware<RequestValidationMiddleware>();
        return app.UseRequestDecompression();
    }

    public static IEndpointRouteBuilder Map(IEndpointRouteBuilder app)
    {
        // The group keeps the endpoints out of the app's own OpenAPI documents, and the app's endpoints out of the tracker's.
        var routes = app.MapGroup("").WithGroupName(OpenApiEndpoint.DocumentName);
        ExecutionEndpoints.Map(routes);
        EventEndpoints.Map(routes);
        BatchEndpoints.Map(routes);
        OperatorEndpoints.Map(routes);
        KeyEndpoints.Map(routes);
        SecretEndpoints.Map(routes);
        ReadEndpoints.Map(routes);
        AuditEndpoints.Map(routes);
        StatsEndpoints.Map(routes);
        HealthEndpoints.Map(routes);
        DashboardEndpoints.Map(routes);
        OpenApiEndpoint.Map(routes);
        return app;
    }
}
