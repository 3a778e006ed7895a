using System.Text.Json.Serialization;
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
        BodyCompression.Add(services);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            // ASP.NET Core's default also accepts numbers in strings, and the OpenAPI document would say so.
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        // A host without HTTP has no routing, and the services above need it to be constructed.
        services.AddRouting();
        OpenApiEndpoint.Add(services);
    }

    public static IApplicationBuilder Use(IApplicationBuilder app)
    {
        var limits = app.ApplicationServices.GetRequiredService<RequestRateLimits>();
        app.UseResponseCompression();
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

    public static IEndpointRouteBuilder Map(IEndpointRouteBuilder routes)
    {
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
        return routes;
    }
}
