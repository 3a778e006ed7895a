using System.Security.Cryptography;
using ExecutionGrains.Hosting.Auth.Audit;
using ExecutionGrains.Hosting.Auth.Browser;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>Callers authenticated by an identity provider: JWT bearer tokens, and OpenID Connect for the dashboard, with real keys and redirects.</summary>
public sealed class ProviderTests(ProvidedSilo silo) : IClassFixture<ProvidedSilo>
{
    [Theory]
    [InlineData("viewer", 200, 403, 403)]
    [InlineData("executor", 200, 201, 403)]
    [InlineData("operator", 200, 403, 403)]
    [InlineData("on-call", 200, 403, 403)]
    [InlineData("admin", 200, 201, 200)]
    public async Task A_JWT_has_the_role_of_its_claim(string role, int list, int create, int keys)
    {
        var token = silo.Issuer.Token(TestIssuer.Claims("ada", role, "*"));

        Assert.Equal(list, (await silo.Get("/v1/executions", token)).Status);
        Assert.Equal(create, (await silo.Post("/v1/executions", """{"workflow":"w"}""", token)).Status);
        Assert.Equal(keys, (await silo.Get("/v1/keys", token)).Status);
    }

    [Fact]
    public async Task A_JWT_has_the_namespaces_of_its_claim_and_the_name_of_its_email()
    {
        var claims = TestIssuer.Claims("ada", new[] { "viewer", "executor" }, new[] { "ada-one", "ada-two" });
        claims["email"] = "ada@example.org";
        var token = silo.Issuer.Token(claims);
        var theirs = await silo.Pending(""","namespace":"theirs" """);
        var id = silo.NewId();

        (await silo.Get($"/v1/executions/{theirs}", token)).IsProblem(404, "unknown_execution");
        (await silo.Post("/v1/executions", $$"""{"executionId":"{{id}}","workflow":"w","namespace":"theirs"}""", token)).IsProblem(403, "forbidden");
        (await silo.Post("/v1/executions", $$"""{"executionId":"{{id}}","workflow":"w","namespace":"ada-two"}""", token)).Is(201);

        Assert.Equal("ada@example.org", (await silo.Get($"/v1/executions/{id}", token)).String("triggeredBy"));
    }

    [Fact]
    public async Task A_run_token_that_a_JWT_caused_reports_in_its_namespaces()
    {
        var jwt = silo.Issuer.Token(TestIssuer.Claims("worker", "executor", "ada-one"));
        var id = silo.NewId();
        var made = await silo.Post("/v1/executions", $$$"""{"executionId":"{{{id}}}","workflow":"w","start":{"workerId":"w1"}}""", jwt);
        var token = made.Is(201).String("token")!;

        Got.Same(["applied"], (await silo.Report(id, """{"eventId":"1","type":"log","message":"m"}""", token)).Is(200).Words("results", "result"));
        (await silo.Get($"/v1/executions/{id}", token)).IsProblem(403, "forbidden");
        Assert.Equal("ada-one", (await silo.Get($"/v1/executions/{id}")).String("namespace"));
    }

    [Fact]
    public async Task A_JWT_with_a_wrong_signature_issuer_or_audience_is_refused()
    {
        var claims = TestIssuer.Claims("eve", "admin", "*");
        using var other = RSA.Create(2048);
        var foreign = new SigningCredentials(new RsaSecurityKey(other) { KeyId = "one" }, SecurityAlgorithms.RsaSha256);
        // The public key as the secret of an HMAC: a well-known attack.
        var confused = new SigningCredentials(new SymmetricSecurityKey(silo.Issuer.PublicKey.Modulus) { KeyId = "one" }, SecurityAlgorithms.HmacSha256);
        var good = silo.Issuer.Token(claims);
        string[] bad =
        [
            silo.Issuer.Token(claims, key: foreign),
            silo.Issuer.Token(claims, key: confused),
            silo.Issuer.Token(claims, audience: "another"),
            silo.Issuer.Token(claims, issuer: "http://127.0.0.1:1"),
            $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{good.Split('.')[1]}.",
            $"{good.Split('.')[0]}.{Base64UrlEncoder.Encode("{}")}.{good.Split('.')[2]}",
            good[..^2],
            "eyJ.e.e",
        ];

        foreach (var token in bad)
        {
            (await silo.Get("/v1/executions", token)).IsProblem(401, "token_invalid");
        }

        (await silo.Get("/v1/executions", silo.Issuer.Token(claims, seconds: -60))).IsProblem(401, "token_expired");
        (await silo.Get("/v1/executions", good)).Is(200);
    }

    [Fact]
    public async Task A_JWT_without_role_namespaces_or_subject_is_refused()
    {
        (await silo.Get("/v1/executions", silo.Issuer.Token(TestIssuer.Claims("ada", null, "*")))).IsProblem(403, "forbidden");
        (await silo.Get("/v1/executions", silo.Issuer.Token(TestIssuer.Claims("ada", "root", "*")))).IsProblem(403, "forbidden");
        (await silo.Get("/v1/executions", silo.Issuer.Token(TestIssuer.Claims("ada", "admin", null)))).IsProblem(403, "forbidden");
        (await silo.Get("/v1/executions", silo.Issuer.Token(new() { ["role"] = "admin", ["namespaces"] = "*" }))).IsProblem(401, "token_invalid");
    }

    [Fact]
    public async Task A_person_signs_in_to_the_dashboard_with_the_provider_and_signs_out()
    {
        silo.Issuer.Person = TestIssuer.Claims("grace", "viewer", "*");
        var cookies = new Dictionary<string, string>(StringComparer.Ordinal);

        var done = await SignInAsync(cookies);

        Assert.Equal((302, "/"), (done.Status, done.Response.Headers.Location?.ToString()));
        var session = $"{SessionCookies.Cookie}={cookies[SessionCookies.Cookie]}";
        (await With(session, HttpMethod.Get, "/v1/executions")).Is(200);
        (await With(session, HttpMethod.Get, "/v1/keys")).IsProblem(403, "forbidden");
        (await With(session, HttpMethod.Post, "/signout")).Is(302);
        (await With(session, HttpMethod.Get, "/v1/executions")).IsProblem(401, "unauthorized");
    }

    [Fact]
    public async Task A_session_that_is_too_long_for_one_cookie_is_kept_in_several_and_ends_with_all_of_them()
    {
        silo.Issuer.Person = TestIssuer.Claims("long", "viewer", Enumerable.Range(0, 64).Select(i => $"n{i}-{new string('x', 100)}").ToArray());
        var cookies = new Dictionary<string, string>(StringComparer.Ordinal);

        var done = await SignInAsync(cookies);

        var kept = cookies.Where(c => c.Key.StartsWith(SessionCookies.Cookie, StringComparison.Ordinal)).ToArray();
        Assert.Equal((302, "/"), (done.Status, done.Response.Headers.Location?.ToString()));
        Assert.InRange(kept.Length, 3, 5);
        // As RFC 6265 asks of browsers: 4,096 bytes with name and attributes.
        Assert.All(Cookies(done), cookie => Assert.InRange(cookie.Length, 1, 4_096));
        var session = string.Join("; ", kept.Select(c => $"{c.Key}={c.Value}"));
        Assert.Equal(64, (await With(session, HttpMethod.Get, "/v1/me")).Is(200)["namespaces"].GetArrayLength());
        (await With($"{kept[0].Key}={kept[0].Value}", HttpMethod.Get, "/v1/me")).IsProblem(401, "unauthorized");
        (await With($"{SessionCookies.Cookie}=chunks-2000000000", HttpMethod.Get, "/v1/me")).IsProblem(401, "unauthorized");
        var ended = (await With(session, HttpMethod.Post, "/signout")).Is(302);
        Assert.Equal(kept.Length, Cookies(ended).Count(c => c.Contains("expires=Thu, 01 Jan 1970", StringComparison.Ordinal)));
        (await With(session, HttpMethod.Get, "/v1/me")).IsProblem(401, "unauthorized");
    }

    [Fact]
    public async Task A_session_that_would_fill_the_request_head_is_refused()
    {
        silo.Issuer.Person = TestIssuer.Claims("too-long", "viewer", Enumerable.Range(0, 64).Select(i => $"n{i}-{new string('x', 250)}").ToArray());
        var cookies = new Dictionary<string, string>(StringComparer.Ordinal);

        Assert.Equal("/?signin=refused", (await SignInAsync(cookies)).Response.Headers.Location?.ToString());

        Assert.DoesNotContain(SessionCookies.Cookie, cookies.Keys);
    }

    [Fact]
    public async Task D36_The_audit_names_a_caller_of_the_provider_by_its_subject()
    {
        var claims = TestIssuer.Claims("subject-1", "operator", "*");
        claims["email"] = "lin@example.org";
        var id = await silo.Pending();
        (await silo.Post($"/v1/executions/{id}/cancel", "", silo.Issuer.Token(claims))).Is(200);
        silo.Issuer.Person = claims;
        var cookies = new Dictionary<string, string>(StringComparer.Ordinal);
        await SignInAsync(cookies);
        (await With($"{SessionCookies.Cookie}={cookies[SessionCookies.Cookie]}", HttpMethod.Post, "/signout")).Is(302);
        await silo.App.Services.GetRequiredService<AuditWriter>().FlushAsync();

        var rows = (await silo.Get("/v1/audit?by=subject-1")).Is(200).Items;

        Assert.Equal(
            [("signout", "oidc:subject-1"), ("signin", "oidc:subject-1"), ("cancel", "jwt:subject-1")],
            rows.Select(r => (r.GetProperty("action").GetString()!, r.GetProperty("keyId").GetString()!)));
        Assert.All(rows, row => Assert.Equal("""{"name":"lin@example.org"}""", row.GetProperty("claims").GetRawText()));
    }

    [Fact]
    public async Task A_user_without_a_role_or_an_unsolicited_answer_is_not_signed_in()
    {
        silo.Issuer.Person = TestIssuer.Claims("mallory", null, "*");
        var refused = await SignInAsync(new(StringComparer.Ordinal));
        var unasked = await silo.Get("/signin/oidc/callback?code=x&state=y", key: null);

        foreach (var got in new[] { refused, unasked })
        {
            Assert.Equal((302, "/?signin=refused"), (got.Status, got.Response.Headers.Location?.ToString()));
            Assert.DoesNotContain(Cookies(got), c => c.StartsWith($"{SessionCookies.Cookie}=", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_sign_in_page_learns_whether_there_is_a_provider() =>
        Assert.True((await silo.Get("/signin/methods", key: null)).Is(200)["openIdConnect"].GetBoolean());

    /// <summary>Follows the redirects like a browser: to the provider and back with its code, with the cookies set so far.</summary>
    private async Task<Got> SignInAsync(Dictionary<string, string> cookies)
    {
        var asked = (await silo.Get("/signin/oidc", key: null)).Is(302);
        Keep(cookies, asked);
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var there = await browser.GetAsync(asked.Response.Headers.Location);
        var back = there.Headers.Location!;
        var done = await silo.Send(
            HttpMethod.Get, back.PathAndQuery, null, null, ("Cookie", string.Join("; ", cookies.Select(c => $"{c.Key}={c.Value}"))));
        Keep(cookies, done);
        return done;
    }

    private static void Keep(Dictionary<string, string> cookies, Got got)
    {
        foreach (var cookie in Cookies(got))
        {
            var pair = cookie.Split(';')[0].Split('=', 2);
            cookies[pair[0]] = pair[1];
        }
    }

    private static IEnumerable<string> Cookies(Got got) => got.Response.Headers.TryGetValues("Set-Cookie", out var set) ? set : [];

    private Task<Got> With(string cookie, HttpMethod method, string path) => silo.Send(method, path, null, null, ("Cookie", cookie));
}
