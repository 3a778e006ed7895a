using System.Text;
using ExecutionGrains.Hosting.Description;
using ExecutionGrains.Hosting.Http;
using ExecutionGrains.Hosting.Problems;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Storage;
using ExecutionGrains.Views;

namespace ExecutionGrains.Hosting.Endpoints;

/// <summary>The liveness and readiness probes and security.txt. They need no credential.</summary>
public static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup("").AllowAnonymous();
        routes.MapGet("/.well-known/security.txt", SecurityTextAsync).ExcludeFromDescription();
        routes.MapGet("/health/live", () => JsonResponse.Json(new HealthView("live"), ApiJson.Default.HealthView)).WithName("isLive")
            .DescribesOperation(
                ApiTags.Health,
                "Check whether the silo is alive",
                "Liveness probe. Answers 200 while the process serves requests, even if the store cannot be reached.")
            .AcceptsQuery().ReturnsJson<HealthView>().DescribesResponse(200, "The silo is alive.").Problems(413, 429);
        routes.MapGet("/health/ready", ReadyAsync).WithName("isReady")
            .DescribesOperation(
                ApiTags.Health,
                "Check whether the silo is ready",
                "Readiness probe. Send requests to this silo only while it answers 200. It answers 503 while the store cannot be reached or the silo is "
                + "stopping.")
            .AcceptsQuery().ReturnsJson<HealthView>()
            .DescribesResponse(200, "The silo is ready.").Problems(413, 429, 503);
    }

    /// <summary>RFC 9116; 404 unless settings give its fields.</summary>
    private static Task SecurityTextAsync(HttpContext http, ExecutionGrainsOptions options) => options.SecurityText is { } text
        ? JsonResponse.WriteTaggedAsync(http, Encoding.ASCII.GetBytes(text.Body), "text/plain; charset=utf-8")
        : throw new RequestException(ProblemCode.NotFound, "This silo has no security.txt.");

    private static async Task<IResult> ReadyAsync(HttpContext http, IOperationsStore store, IHostApplicationLifetime lifetime)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return new ProblemResult(ProblemCode.StoreUnavailable, "The silo is stopping.");
        }

        try
        {
            await store.PingAsync(http.RequestAborted).ConfigureAwait(false);
            return JsonResponse.Json(new HealthView("ready"), ApiJson.Default.HealthView);
        }
        catch (StoreException)
        {
            return new ProblemResult(ProblemCode.StoreUnavailable, "The store cannot be reached.");
        }
    }
}
