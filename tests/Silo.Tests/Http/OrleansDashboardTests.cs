using System.Text;
using ExecutionGrains.Hosting.Auth;
using ExecutionGrains.Hosting.Settings;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>Orleans's own dashboard names every grain, so it is for admins of all namespaces, however they authenticate.</summary>
public abstract class OrleansDashboardTests(SiloFixture silo)
{
    public static TheoryData<string> Paths =>
        ["/orleans/", "/orleans/index.min.js", "/orleans/DashboardCounters", "/orleans/ClusterStats", "/orleans/GrainTypes", "/orleans/Reminders/1"];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task An_admin_of_all_namespaces_sees_it_by_key_and_by_session(string path)
    {
        var key = (await silo.Get(path)).Is(200);
        var session = (await silo.Send(HttpMethod.Get, path, null, null, ("Cookie", await SignedIn(SiloFixture.AdminKey)))).Is(200);

        Assert.Equal(key.Response.Content.Headers.ContentType, session.Response.Content.Headers.ContentType);
        Assert.NotEqual(0, key.Text.Length);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task No_other_caller_sees_it(string path)
    {
        (await silo.Get(path, key: null)).IsProblem(401, "unauthorized");
        (await silo.Get(path, key: "eg_wrong")).IsProblem(401, "unauthorized");
        (string Role, string[] Namespaces)[] others = [("viewer", []), ("executor", []), ("admin", ["mine"])];
        foreach (var (role, namespaces) in others)
        {
            var (_, key) = await silo.NewKey(role, namespaces);
            (await silo.Get(path, key)).IsProblem(403, "forbidden");
            (await silo.Send(HttpMethod.Get, path, null, null, ("Cookie", await SignedIn(key)))).IsProblem(403, "forbidden");
        }

        var (_, token) = await silo.Running();
        (await silo.Get(path, token)).IsProblem(403, "forbidden");
    }

    [Fact]
    public void None_of_its_routes_is_open()
    {
        var routes = silo.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.RoutePattern.RawText!.StartsWith("/orleans", StringComparison.Ordinal)).ToList();

        Assert.True(routes.Count > 15, $"{routes.Count} routes");
        Assert.All(routes, route => Assert.Equal(new AccessRequirement(Role.Admin, Everywhere: true), route.Metadata.GetMetadata<AccessRequirement>()));
    }

    [Fact]
    public async Task Its_stream_of_the_log_is_off() => Assert.NotEqual(200, (await silo.Get("/orleans/Trace")).Status);

    private async Task<string> SignedIn(string key) =>
        SessionTests.CookieOf(await silo.PostBytes("/signin", Encoding.ASCII.GetBytes($"key={key}"), "application/x-www-form-urlencoded"));
}

public sealed class OrleansDashboardOnLoopbackTests(DashboardSilo silo) : OrleansDashboardTests(silo), IClassFixture<DashboardSilo>;

public sealed class OrleansDashboardForOthersTests(OpenSilo silo) : OrleansDashboardTests(silo), IClassFixture<OpenSilo>;

/// <summary>A silo without the setting does not serve it.</summary>
public sealed class NoOrleansDashboardTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    [Fact]
    public async Task It_is_off_by_default()
    {
        Assert.DoesNotContain(
            silo.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>(),
            route => route.RoutePattern.RawText!.StartsWith("/orleans", StringComparison.Ordinal));
        Assert.Equal(404, (await silo.Get("/orleans/")).Status);
    }
}

public class DashboardSilo : SiloFixture
{
    protected override IEnumerable<string> Settings => ["--ExecutionGrains:Cluster:Dashboard=true"];
}

/// <summary>A silo that other machines can reach.</summary>
public sealed class OpenSilo : DashboardSilo
{
    public override Uri Address => new UriBuilder(base.Address) { Host = "127.0.0.1" }.Uri;

    protected override IEnumerable<string> Settings => [.. base.Settings, "--ExecutionGrains:Urls=http://0.0.0.0:0"];
}
