using System.Net.Http.Headers;
using System.Text;
using ExecutionGrains.Hosting.Auth;
using ExecutionGrains.Hosting.Auth.Browser;
using ExecutionGrains.Hosting.Auth.Tokens;
using ExecutionGrains.Hosting.Settings;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>
/// Every route with every credential. The routes come from the running silo, and this table says who may call them, as api.md does. A route that is not in the
/// table or has no policy fails the test.
/// </summary>
public sealed class AccessMatrixTests(DashboardSilo silo) : IClassFixture<DashboardSilo>
{
    /// <summary>An execution that does not exist, so that an executor is not refused because it belongs to another key.</summary>
    private const string Unknown = "matrix-unknown";
    private static readonly Role[] Readers = [Role.Viewer, Role.Executor, Role.Operator, Role.Admin];
    private static readonly Role[] Reporters = [Role.Executor, Role.Admin];
    private static readonly Role[] Operators = [Role.Operator, Role.Admin];
    private static readonly Role[] Cancellers = [Role.Executor, Role.Operator, Role.Admin];
    private static readonly Role[] Admins = [Role.Admin];

    private static readonly Dictionary<string, Rule> Rules = new(StringComparer.Ordinal)
    {
        ["POST /v1/executions"] = new(Reporters),
        ["POST /v1/executions/{id}/claim"] = new(Reporters),
        ["POST /v1/executions/{id}/events"] = new(Reporters, RunToken: true),
        ["POST /v1/events"] = new(Reporters),
        ["POST /v1/executions/{id}/cancel"] = new(Cancellers),
        ["POST /v1/executions/{id}/requeue"] = new(Cancellers),
        ["POST /v1/executions/{id}/resolve"] = new(Operators),
        ["POST /v1/janitor/pause"] = new(Operators, Everywhere: true),
        ["POST /v1/janitor/resume"] = new(Operators, Everywhere: true),
        ["GET /v1/me"] = new(Readers),
        ["GET /v1/keys"] = new(Admins),
        ["POST /v1/keys"] = new(Admins),
        ["DELETE /v1/keys/{keyId}"] = new(Admins),
        ["POST /v1/keys/{keyId}/rotate"] = new(Admins),
        ["POST /v1/secrets/rotate"] = new(Admins, Everywhere: true),
        ["GET /v1/executions"] = new(Readers),
        ["GET /v1/executions/{id}"] = new(Readers),
        ["GET /v1/executions/{id}/steps"] = new(Readers),
        ["GET /v1/executions/{id}/logs"] = new(Readers),
        ["GET /v1/executions/{id}/history"] = new(Readers),
        ["GET /v1/audit"] = new(Readers),
        ["GET /v1/audit/export"] = new(Admins),
        ["DELETE /v1/executions/{id}"] = new(Admins),
        ["GET /v1/stats"] = new(Readers),
        ["GET /v1/cluster"] = new(Readers),
        ["GET /.well-known/security.txt"] = Rule.Open,
        ["GET /health/live"] = Rule.Open,
        ["GET /health/ready"] = Rule.Open,
        ["GET /openapi/v1.json"] = Rule.Open,
        ["GET /"] = Rule.Open,
        ["GET /dashboard.css"] = Rule.Open,
        ["GET /dashboard.js"] = Rule.Open,
        ["GET /signin/methods"] = Rule.Open,
        ["GET /signin/oidc"] = Rule.Open,
        ["POST /signin"] = Rule.Open,
        ["POST /signout"] = Rule.Open,
    };

    [Fact]
    public void Every_route_is_in_the_table_and_has_the_policy_stated_there()
    {
        foreach (var (call, route) in Routes())
        {
            var rule = RuleOf(call);
            Assert.False(Policies.IsMissing(route), call);
            Assert.Equal(rule.IsOpen, route.Metadata.GetMetadata<IAllowAnonymous>() is not null);
            if (route.Metadata.GetMetadata<AccessRequirement>() is { } access)
            {
                Assert.Single(route.Metadata.OfType<AuthorizationPolicy>());
                Assert.Equal((rule.RunToken, rule.Everywhere), (access.RunToken, access.Everywhere));
                Assert.Equal(rule.Roles, Enum.GetValues<Role>().Where(access.Allows));
            }
        }

        Assert.Empty(Rules.Keys.Except(Routes().Select(r => r.Call)));
    }

    [Fact]
    public async Task Every_route_admits_exactly_the_callers_in_the_table()
    {
        var credentials = await CredentialsAsync();
        var wrong = new List<string>();
        var cells = 0;
        foreach (var (call, _) in Routes())
        {
            var rule = RuleOf(call);
            foreach (var credential in credentials)
            {
                if (call == "POST /signout" && credential.Cookie is not null)
                {
                    // It would end the session that is used for the next routes.
                    continue;
                }

                var isAllowed = rule.IsOpen || credential.IsAllowed(rule);
                if (isAllowed && (call.Contains(" /orleans", StringComparison.Ordinal) || call == "POST /v1/secrets/rotate"))
                {
                    // Some of Orleans's routes never complete (OrleansDashboardTests calls them), and new secrets would invalidate the credentials of the next
                    // calls.
                    continue;
                }

                cells++;
                var (status, code) = await CallAsync(call, credential);
                var isRefused = status is 401 or 403;
                var expected = credential.Role is not null ? "forbidden" : (rule.RunToken ? credential.TokenCode : null) ?? credential.Code ?? "unauthorized";
                if (isAllowed == isRefused || (isRefused && code != expected))
                {
                    wrong.Add($"{call} with {credential.Name}: {status} {code}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(cells > 500, $"{cells} cells");
    }

    private List<(string Call, RouteEndpoint Route)> Routes() =>
    [
        .. silo.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().SelectMany(route =>
            (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                .Select(method => ($"{method} /{route.RoutePattern.RawText!.TrimStart('/')}", route))),
    ];

    private static Rule RuleOf(string call) =>
        call.Contains(" /orleans", StringComparison.Ordinal) ? new Rule(Admins, Everywhere: true)
        : Rules.TryGetValue(call, out var rule) ? rule
        : throw new KeyNotFoundException($"{call} is not in the table: say there who may call it.");

    private async Task<(int Status, string? Code)> CallAsync(string call, Known credential)
    {
        var (method, pattern) = (call[..call.IndexOf(' ', StringComparison.Ordinal)], call[(call.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        var path = System.Text.RegularExpressions.Regex.Replace(pattern.Replace("{id}", Unknown, StringComparison.Ordinal), "{[^}]+}", "1");
        using var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        (string, string)[] headers = credential.Cookie is { } cookie ? [("Cookie", cookie)] : [];
        var got = await silo.Send(new HttpMethod(method), path, method == "GET" ? null : content, credential.Bearer, headers);
        return (got.Status, got.Status is 401 or 403 ? got.String("code") : null);
    }

    private async Task<List<Known>> CredentialsAsync()
    {
        var known = new List<Known>
        {
            new("nothing"),
            new("an unknown key", "eg_wrong"),
            new("an unknown word", "wrong") { TokenCode = "token_invalid" },
            new("a forged run token", "egr.a.b.c", Code: "token_invalid"),
            new("a forged cookie", Cookie: $"{SessionCookies.Cookie}=egs.a.b.c"),
        };
        foreach (var role in Enum.GetValues<Role>())
        {
            foreach (var namespaces in new string[][] { [], ["default"] })
            {
                var (_, key) = await silo.NewKey(role.Word(), namespaces);
                var where = namespaces is [] ? "all" : "one";
                known.Add(new($"{role} of {where}", key) { Role = role, IsEverywhere = namespaces is [] });
                known.Add(new($"session of {role} of {where}", Cookie: await SignedIn(key)) { Role = role, IsEverywhere = namespaces is [] });
            }
        }

        var (_, token) = await silo.Running();
        known.Add(new("the run token of another execution", token, Code: "forbidden") { TokenCode = "token_wrong_execution" });
        return known;
    }

    private async Task<string> SignedIn(string key) =>
        SessionTests.CookieOf(await silo.PostBytes("/signin", Encoding.ASCII.GetBytes($"key={key}"), "application/x-www-form-urlencoded"));

    private sealed record Rule(Role[] Roles, bool RunToken = false, bool Everywhere = false)
    {
        public static readonly Rule Open = new([]);

        public bool IsOpen => Roles.Length == 0;
    }

    private sealed record Known(string Name, string? Bearer = null, string? Cookie = null, string? Code = null)
    {
        public Role? Role { get; init; }

        public bool IsEverywhere { get; init; }

        /// <summary>The code that a route which accepts run tokens answers to a wrong token.</summary>
        public string? TokenCode { get; init; }

        public bool IsAllowed(Rule rule) =>
            Role is { } role && rule.Roles.Contains(role) && (!rule.Everywhere || IsEverywhere);
    }
}
