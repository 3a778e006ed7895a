using ExecutionGrains.Hosting;
using ExecutionGrains.Hosting.Settings;
using Microsoft.AspNetCore.Authentication.Cookies;
using Orleans.Configuration;

namespace ExecutionGrains.Samples.OwnSilo;

/// <summary>
/// A team's own app: an Orleans silo with a grain of its own, a page, an API call and a protected page, to which the tracker is added. The dashboard is at
/// <c>/tracker</c>, because the team has a page of its own at <c>/</c>.
/// </summary>
public static class OwnSiloApp
{
    /// <param name="args">
    /// Configuration. <c>SiloPort</c> and <c>GatewayPort</c> are the Orleans ports, default 11111 and 30000.
    /// </param>
    /// <param name="tracker">The settings of the tracker.</param>
    public static WebApplication Build(string[] args, ExecutionGrainsOptions tracker)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie => cookie.LoginPath = "/login");
        builder.Services.AddAuthorization();
        builder.Services.AddOpenApi();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(
                builder.Configuration.GetValue("SiloPort", EndpointOptions.DEFAULT_SILO_PORT),
                builder.Configuration.GetValue("GatewayPort", EndpointOptions.DEFAULT_GATEWAY_PORT));
            silo.UseInMemoryReminderService();
            silo.AddExecutionGrains(tracker);
        });
        var app = builder.Build();
        app.UseExecutionGrains();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapExecutionGrains();
        Map(app);
        return app;
    }

    /// <summary>The team's own pages.</summary>
    private static void Map(WebApplication app)
    {
        app.MapOpenApi("/api.json");
        app.MapGet("/", () => "The team's page");
        app.MapGet("/staff", () => "For the staff only").RequireAuthorization();
        app.MapPost("/v1/orders/{number}", (int number, Order order, IGrainFactory grains) => grains.GetGrain<IOrderGrain>(number).Ship(order.Parcels));
    }
}
