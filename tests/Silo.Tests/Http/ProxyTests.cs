using System.Text;
using ExecutionGrains.Hosting.Auth.Browser;
using ExecutionGrains.Hosting.Auth.RateLimits;
using ExecutionGrains.Hosting.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>Behind a proxy that terminates TLS, and at the limits of an address and of a key.</summary>
public sealed class ProxyTests(ProxiedSilo silo) : IClassFixture<ProxiedSilo>
{
    [Fact]
    public async Task D44_behind_a_proxy_that_terminates_TLS_the_cookie_is_secure_and_host_only()
    {
        using var form = new StringContent($"key={SiloFixture.AdminKey}", Encoding.ASCII, "application/x-www-form-urlencoded");
        var got = await silo.Send(HttpMethod.Post, "/signin", form, null, Https("192.0.2.1"));

        var cookie = Assert.Single(got.Is(302).Response.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith($"{SessionCookies.SecureCookie}=", cookie, StringComparison.Ordinal);
        Assert.Equal(
            ["httponly", "path=/", "samesite=lax", "secure"], cookie.Split("; ").Skip(1).Select(a => a.ToLowerInvariant()).Order(StringComparer.Ordinal));
        (await silo.Send(HttpMethod.Get, "/v1/executions", null, null, [("Cookie", cookie.Split(';')[0]), .. Https("192.0.2.1")])).Is(200);
        (await silo.Send(HttpMethod.Get, "/v1/executions", null, null, ("Cookie", cookie.Split(';')[0]))).IsProblem(401, "unauthorized");
    }

    [Fact]
    public async Task D46_over_https_answers_have_HSTS()
    {
        var secure = await silo.Send(HttpMethod.Get, "/health/live", null, null, Https("192.0.2.2"));
        Assert.Equal("max-age=31536000", secure.Response.Headers.GetValues("Strict-Transport-Security").Single());
        Assert.False((await silo.Get("/health/live")).Response.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task D53_an_address_that_sends_wrong_keys_is_limited_and_its_valid_keys_pass()
    {
        var counters = silo.App.Services.GetRequiredService<AuthMetrics>();
        var before = (counters.FailedSignIns, counters.LimitedBy("sign_in"));
        for (var i = 0; i < 3; i++)
        {
            (await From("192.0.2.3", "eg_wrong")).IsProblem(401, "unauthorized");
        }

        var refused = (await From("192.0.2.3", "eg_wrong")).IsProblem(429, "rate_limited");
        Assert.InRange(refused.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        using var form = new StringContent("key=wrong", Encoding.ASCII, "application/x-www-form-urlencoded");
        (await silo.Send(HttpMethod.Post, "/signin", form, null, Https("192.0.2.3"))).IsProblem(429, "rate_limited");
        (await From("192.0.2.4", "eg_wrong")).IsProblem(401, "unauthorized");
        (await From("192.0.2.3", SiloFixture.AdminKey)).Is(200);
        Assert.True(counters.FailedSignIns >= before.FailedSignIns + 6 && counters.LimitedBy("sign_in") >= before.Item2 + 2);
    }

    [Fact]
    public async Task D53_a_key_with_too_many_requests_is_limited_and_other_keys_pass()
    {
        var (_, key) = await silo.NewKey("viewer");
        Got? refused = null;
        for (var i = 0; i < 2_000 && refused is null; i++)
        {
            var got = await silo.Get("/v1/executions?limit=1", key);
            refused = got.Status == 429 ? got : null;
        }

        Assert.NotNull(refused);
        refused.IsProblem(429, "rate_limited");
        Assert.Equal(1, refused.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        (await silo.Get("/v1/executions?limit=1", (await silo.NewKey("viewer")).Key)).Is(200);
    }

    [Fact]
    public async Task D33_the_memory_of_all_bodies_is_bounded_and_freed()
    {
        var budget = silo.App.Services.GetRequiredService<BodyMemoryBudget>();
        // One caller may use half of 2 MiB.
        (await silo.PostBytes("/v1/executions/x/events", new byte[1_500_000])).IsProblem(429, "overloaded");
        (await silo.PostBytes("/v1/executions/x/events", new byte[400_000])).IsProblem(400, "malformed");

        Assert.True(SpinWait.SpinUntil(() => budget.Held == 0, TimeSpan.FromSeconds(10)), $"{budget.Held} bytes are still held");
    }

    [Fact]
    public async Task Only_a_known_proxy_is_trusted()
    {
        // The last address is the one that the proxy saw; addresses before it are the caller's claim and are ignored.
        for (var i = 0; i < 3; i++)
        {
            await silo.Send(HttpMethod.Get, "/v1/executions", null, "eg_wrong", ("X-Forwarded-For", $"198.51.100.{i}, 192.0.2.9"));
        }

        var again = await silo.Send(HttpMethod.Get, "/v1/executions", null, "eg_wrong", ("X-Forwarded-For", "198.51.100.9, 192.0.2.9, 10.1.2.3"));
        again.IsProblem(429, "rate_limited");
    }

    private Task<Got> From(string address, string key) => silo.Send(HttpMethod.Get, "/v1/executions", null, key, Https(address));

    private static (string, string)[] Https(string address) => [("X-Forwarded-For", address), ("X-Forwarded-Proto", "https")];
}

/// <summary>The limit of an address applies before authentication.</summary>
public sealed class AddressLimitTests(HurriedSilo silo) : IClassFixture<HurriedSilo>
{
    [Fact]
    public async Task D53_an_address_with_too_many_requests_is_limited_whatever_its_key_and_other_addresses_are_served()
    {
        Got? refused = null;
        for (var i = 0; i < 500 && refused is null; i++)
        {
            var got = await From("2001:db8:0:1::1");
            refused = got.Status == 429 ? got : null;
        }

        Assert.NotNull(refused);
        refused.IsProblem(429, "rate_limited");
        Assert.NotNull(refused.Response.Headers.RetryAfter);
        Assert.True(silo.App.Services.GetRequiredService<AuthMetrics>().LimitedBy("address") > 0);
        (await From("2001:db8:0:2::1")).Is(200);
    }

    private Task<Got> From(string address) => silo.Send(HttpMethod.Get, "/v1/executions", null, SiloFixture.AdminKey, ("X-Forwarded-For", address));
}

public sealed class HurriedSilo : SiloFixture
{
    protected override IEnumerable<string> Settings => ["--ExecutionGrains:Proxies=127.0.0.1", "--ExecutionGrains:Limits:RequestsPerAddress=5"];
}
