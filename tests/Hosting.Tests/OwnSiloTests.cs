using System.Net;
using System.Text.Json;
using ExecutionGrains.Hosting.Http;
using ExecutionGrains.Hosting.Settings;
using Xunit;

namespace ExecutionGrains.Hosting.Tests;

/// <summary>A team adds the tracker to a silo and an app of its own: both work, and the team's own pages behave as without the tracker.</summary>
public sealed class OwnSiloTests(OwnSilo silo) : IClassFixture<OwnSilo>
{
    [Fact]
    public async Task An_execution_runs_from_create_to_end_over_HTTP()
    {
        await silo.TrackAsync(
            HttpMethod.Post, "/v1/executions", """{"executionId":"http-1","workflow":"w","start":{"workerId":"w1","incarnation":"i1"}}""");
        await silo.TrackAsync(HttpMethod.Post, "/v1/executions/http-1/events", """
            {"events":[{"eventId":"e1","type":"step.started","stepId":"s1","block":"b"},
            {"eventId":"e2","type":"step.completed","stepId":"s1","outcome":"success"},
            {"eventId":"e3","type":"execution.completed","outcome":"success"}]}
            """);

        Assert.Equal("succeeded", (await silo.TrackAsync(HttpMethod.Get, "/v1/executions/http-1")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_grain_of_the_team_runs_an_execution_from_create_to_end()
    {
        using var shipped = await silo.SendAsync(HttpMethod.Post, "/v1/orders/7", """{"parcels":2}""");

        Assert.Equal("order-7", await shipped.Content.ReadAsStringAsync());
        var execution = await silo.TrackAsync(HttpMethod.Get, "/v1/executions/order-7");
        var steps = await silo.TrackAsync(HttpMethod.Get, "/v1/executions/order-7/steps");
        Assert.Equal("succeeded", execution.GetProperty("status").GetString());
        Assert.Equal(2, steps.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public void Every_route_of_the_tracker_passes_its_middleware()
    {
        var options = new ExecutionGrainsOptions { DashboardPath = "/tracker" };
        var routes = silo.TrackerRoutes();

        Assert.Contains("/v1/executions/{id}/events", routes);
        Assert.All(routes, route => Assert.True(TrackerPaths.Contains(route, options), route));
    }

    [Fact]
    public async Task The_page_of_the_team_has_none_of_the_headers_of_the_tracker()
    {
        using var page = await silo.GetAsync("/");

        Assert.Equal("The team's page", await page.Content.ReadAsStringAsync());
        Assert.Equal(["Content-Type", "Date", "Server", "Transfer-Encoding"], page.Headers.Concat(page.Content.Headers).Select(h => h.Key).Order());
    }

    [Fact]
    public async Task The_default_authentication_scheme_of_the_team_answers_for_its_protected_page()
    {
        using var page = await silo.GetAsync("/staff");

        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        Assert.Equal("/login", page.Headers.Location!.AbsolutePath);
    }

    [Fact]
    public async Task A_call_of_the_team_accepts_numbers_in_strings_as_ASP_NET_Core_does_by_default()
    {
        using var shipped = await silo.SendAsync(HttpMethod.Post, "/v1/orders/8", """{"parcels":"1"}""");

        Assert.Equal(HttpStatusCode.OK, shipped.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/v1/orders/9", "{", HttpStatusCode.BadRequest)]
    [InlineData("HEAD", "/", null, HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/nothing", null, HttpStatusCode.NotFound)]
    [InlineData("GET", "/v1/nothing", null, HttpStatusCode.NotFound)]
    public async Task A_refusal_at_a_path_of_the_team_is_not_a_problem_document_of_the_tracker(string method, string path, string? json, HttpStatusCode status)
    {
        using var refused = await silo.SendAsync(HttpMethod.Parse(method), path, json);

        Assert.Equal(status, refused.StatusCode);
        Assert.DoesNotContain("urn:executiongrains", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(refused.Headers.Contains("Referrer-Policy"));
    }

    [Fact]
    public async Task A_call_of_the_tracker_without_a_key_is_refused_with_its_problem_and_headers()
    {
        using var refused = await silo.GetAsync("/v1/executions");

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        Assert.True(refused.Headers.Contains("Referrer-Policy"));
    }

    [Fact]
    public async Task HEAD_of_a_call_of_the_tracker_is_answered_as_GET()
    {
        using var head = await silo.SendAsync(HttpMethod.Head, "/v1/me", isTracker: true);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
    }

    [Fact]
    public async Task The_dashboard_is_at_the_path_of_the_settings()
    {
        using var page = await silo.GetAsync("/tracker");

        Assert.Contains("ExecutionGrains</a>", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_OpenAPI_documents_of_the_team_and_of_the_tracker_describe_their_own_calls_only()
    {
        var team = await PathsAsync("/api.json");
        var tracker = await PathsAsync("/openapi/v1.json");

        Assert.Contains("/v1/orders/{number}", team);
        Assert.DoesNotContain(team, path => path.StartsWith("/v1/executions", StringComparison.Ordinal));
        Assert.Contains("/v1/executions/{id}", tracker);
        Assert.DoesNotContain("/v1/orders/{number}", tracker);
    }

    private async Task<string[]> PathsAsync(string document)
    {
        using var response = await silo.GetAsync(document);
        return [.. JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("paths").EnumerateObject().Select(path => path.Name)];
    }
}
