using System.Text;
using ExecutionGrains.Hosting.Auth.Browser;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Hosting.Auth.Tokens;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>The dashboard's sign-in.</summary>
public sealed class SessionTests(ClockedSilo silo) : IClassFixture<ClockedSilo>
{
    [Fact]
    public async Task A_key_signs_in_and_scripts_and_other_sites_cannot_use_the_cookie()
    {
        var got = await SignIn(SiloFixture.AdminKey);

        Assert.Equal((302, "/"), (got.Status, got.Response.Headers.Location?.ToString()));
        var attributes = SetCookie(got).Split("; ").Skip(1).Select(a => a.ToLowerInvariant());
        Assert.Equal(["httponly", "path=/", "samesite=lax"], attributes.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(SiloFixture.AdminKey, got.Text + SetCookie(got), StringComparison.Ordinal);
        (await With(CookieOf(got), HttpMethod.Get, "/v1/executions")).Is(200);
    }

    [Fact]
    public async Task D42_A_link_with_a_code_shows_a_form_whose_button_signs_in_once()
    {
        var services = silo.App.Services;
        var code = services.GetRequiredService<OneTimeCodes>().Make(services.GetRequiredService<ApiKeyCache>().Find(SiloFixture.AdminKey)!.KeyId);

        foreach (var look in new[] { 1, 2 })
        {
            var form = (await silo.Get($"/?code={code}", key: null)).Is(200);
            Assert.False(form.Response.Headers.Contains("Set-Cookie"), $"look {look}");
            Assert.Contains($"name=\"code\" value=\"{code}\"", form.Text, StringComparison.Ordinal);
            Assert.Equal("no-referrer", form.Response.Headers.GetValues("Referrer-Policy").Single());
            Assert.True(form.Response.Headers.CacheControl?.NoStore);
        }

        var got = await silo.SignIn(code, "code");
        Assert.Equal((302, "/"), (got.Status, got.Response.Headers.Location?.ToString()));
        (await With(CookieOf(got), HttpMethod.Get, "/v1/executions")).Is(200);
        IsRefused(await silo.SignIn(code, "code"));
    }

    [Fact]
    public async Task D42_A_code_expires_after_ten_minutes()
    {
        var services = silo.App.Services;
        var keyId = services.GetRequiredService<ApiKeyCache>().Find(SiloFixture.AdminKey)!.KeyId;
        var (spent, late) = (services.GetRequiredService<OneTimeCodes>().Make(keyId), services.GetRequiredService<OneTimeCodes>().Make(keyId));

        silo.Clock.JumpWallClock(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(10));
        Assert.Equal("/", (await silo.SignIn(spent, "code")).Response.Headers.Location?.ToString());
        silo.Clock.JumpWallClock(TimeSpan.FromTicks(10));

        IsRefused(await silo.SignIn(late, "code"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("%22%3E%3Cscript%3E")]
    [InlineData("unknown")]
    public async Task D42_An_invalid_code_does_not_sign_in_and_is_not_shown(string code)
    {
        Assert.DoesNotContain("<script>", (await silo.Get($"/?code={code}", key: null)).Text, StringComparison.Ordinal);
        IsRefused(await silo.SignIn(code, "code"));
    }

    [Fact]
    public async Task D42_A_key_in_an_address_does_not_sign_in()
    {
        var got = (await silo.Get($"/?key={SiloFixture.AdminKey}", key: null)).Is(200);

        Assert.False(got.Response.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("")]
    [InlineData("%00%ff")]
    public async Task A_wrong_key_does_not_sign_in(string key)
    {
        IsRefused(await SignIn(key));
    }

    [Fact]
    public async Task A_body_that_is_not_a_form_does_not_sign_in()
    {
        (await silo.PostBytes("/signin", "{}"u8.ToArray())).IsProblem(415, "unsupported_media_type");
        (await silo.PostBytes("/signin", "garbage"u8.ToArray(), "multipart/form-data; boundary=b")).IsProblem(415, "unsupported_media_type");
        (await silo.PostBytes("/signin", new byte[(4 * 1024) + 1], "application/x-www-form-urlencoded")).IsProblem(413, "request_too_large");
        (await silo.PostBytes("/signin", [0xFF, 0xFE], "application/x-www-form-urlencoded")).IsProblem(400, "malformed");
    }

    [Fact]
    public async Task Signing_out_deletes_the_cookie()
    {
        var cookie = CookieOf(await SignIn(SiloFixture.AdminKey));

        var got = await With(cookie, HttpMethod.Post, "/signout");

        Assert.Equal((302, "/"), (got.Status, got.Response.Headers.Location?.ToString()));
        Assert.StartsWith($"{SessionCookies.Cookie}=; expires=Thu, 01 Jan 1970", SetCookie(got), StringComparison.Ordinal);
    }

    [Fact]
    public async Task D43_signing_out_ends_the_session_on_the_server()
    {
        var cookie = CookieOf(await SignIn(SiloFixture.AdminKey));
        var other = CookieOf(await SignIn(SiloFixture.AdminKey));
        (await With(cookie, HttpMethod.Get, "/v1/executions")).Is(200);

        await With(cookie, HttpMethod.Post, "/signout");

        (await With(cookie, HttpMethod.Get, "/v1/executions")).IsProblem(401, "unauthorized");
        (await With(other, HttpMethod.Get, "/v1/executions")).Is(200);
        // What another silo reads, and this silo after a restart.
        using var elsewhere = new SessionRevocations(silo.App.Services.GetRequiredService<ExecutionGrains.Storage.IOperationsStore>(), silo.Clock);
        var payload = silo.App.Services.GetRequiredService<PayloadSigner>().Open("egs", cookie[(cookie.IndexOf('=', StringComparison.Ordinal) + 1)..])!;
        var id = Encoding.UTF8.GetString(payload).Split(' ')[1];
        Assert.True(await elsewhere.HasAsync(new Session(id, "", silo.Clock.GetUtcNow().AddHours(1)), CancellationToken.None));
    }

    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    public async Task D44_a_request_from_a_foreign_page_cannot_use_the_cookie_or_sign_in_or_out(string site)
    {
        var cookie = CookieOf(await SignIn(SiloFixture.AdminKey));
        var id = await silo.Pending();

        (await With(cookie, HttpMethod.Post, $"/v1/executions/{id}/cancel", ("Sec-Fetch-Site", site))).IsProblem(403, "forbidden");
        (await With(cookie, HttpMethod.Post, "/signout", ("Sec-Fetch-Site", site))).IsProblem(403, "forbidden");
        using var form = new StringContent($"key={SiloFixture.AdminKey}", Encoding.ASCII, "application/x-www-form-urlencoded");
        (await silo.Send(HttpMethod.Post, "/signin", form, null, ("Sec-Fetch-Site", site))).IsProblem(403, "forbidden");

        (await With(cookie, HttpMethod.Post, $"/v1/executions/{id}/cancel", ("Sec-Fetch-Site", "same-origin"))).Is(200);
    }

    [Fact]
    public async Task D44_the_silos_own_forms_which_browsers_send_with_a_null_origin_sign_in_and_out()
    {
        (string, string)[] browser = [("Sec-Fetch-Site", "same-origin"), ("Origin", "null")];
        using var form = new StringContent($"key={SiloFixture.AdminKey}", Encoding.ASCII, "application/x-www-form-urlencoded");

        var cookie = CookieOf(await silo.Send(HttpMethod.Post, "/signin", form, null, browser));

        (await With(cookie, HttpMethod.Get, "/v1/executions")).Is(200);
        (await With(cookie, HttpMethod.Post, "/signout", browser)).Is(302);
        (await With(cookie, HttpMethod.Get, "/v1/executions")).IsProblem(401, "unauthorized");
    }

    [Fact]
    public async Task A_session_ends_after_twelve_hours()
    {
        var cookie = CookieOf(await SignIn(SiloFixture.AdminKey));

        silo.Clock.JumpWallClock(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1));
        (await With(cookie, HttpMethod.Get, "/v1/executions")).Is(200);
        silo.Clock.JumpWallClock(TimeSpan.FromSeconds(1));

        (await With(cookie, HttpMethod.Get, "/v1/executions")).IsProblem(401, "unauthorized");
    }

    [Fact]
    public async Task Revoking_the_key_ends_its_sessions()
    {
        var (keyId, key) = await silo.NewKey("viewer");
        var cookie = CookieOf(await SignIn(key));
        (await With(cookie, HttpMethod.Get, "/v1/executions")).Is(200);

        (await silo.Send(HttpMethod.Delete, $"/v1/keys/{keyId}", null, SiloFixture.AdminKey)).Is(204);

        (await With(cookie, HttpMethod.Get, "/v1/executions")).IsProblem(401, "unauthorized");
    }

    [Fact]
    public async Task A_forged_cookie_is_invalid()
    {
        var cookie = CookieOf(await SignIn(SiloFixture.AdminKey));
        var (_, token) = await silo.Running();
        var nonsense = silo.App.Services.GetRequiredService<PayloadSigner>().Sign("egs", Encoding.UTF8.GetBytes("soon"));

        foreach (var other in new[]
        {
            cookie[..^1] + (cookie[^1] == 'A' ? 'B' : 'A'),
            $"{SessionCookies.Cookie}={token}",
            $"{SessionCookies.Cookie}={nonsense}",
            $"{SessionCookies.Cookie}=",
        })
        {
            (await With(other, HttpMethod.Get, "/v1/executions")).IsProblem(401, "unauthorized");
        }
    }

    [Fact]
    public async Task A_session_has_the_role_of_its_key()
    {
        var (_, key) = await silo.NewKey("viewer");
        var cookie = CookieOf(await SignIn(key));

        (await With(cookie, HttpMethod.Get, "/v1/keys")).IsProblem(403, "forbidden");
    }

    [Fact]
    public async Task A_page_of_another_origin_cannot_use_the_cookie()
    {
        var cookie = CookieOf(await SignIn(SiloFixture.AdminKey));
        var id = await silo.Pending();
        var own = silo.Address.GetLeftPart(UriPartial.Authority);

        // Another port of this machine is another origin but the same site, so SameSite alone would allow it.
        foreach (var origin in new[] { "http://127.0.0.1:1", "null", "https://example.org" })
        {
            (await With(cookie, HttpMethod.Post, $"/v1/executions/{id}/cancel", ("Origin", origin))).IsProblem(403, "forbidden");
        }

        (await With(cookie, HttpMethod.Post, $"/v1/executions/{id}/cancel", ("Origin", own))).Is(200);
    }

    internal static string CookieOf(Got got) => SetCookie(got).Split(';')[0];

    private static string SetCookie(Got got) => Assert.Single(got.Response.Headers.GetValues("Set-Cookie"));

    private static void IsRefused(Got got)
    {
        Assert.Equal((302, "/?signin=refused"), (got.Status, got.Response.Headers.Location?.ToString()));
        Assert.False(got.Response.Headers.Contains("Set-Cookie"));
    }

    private Task<Got> SignIn(string key) => silo.SignIn(key);

    private Task<Got> With(string cookie, HttpMethod method, string path, params (string Name, string Value)[] headers) =>
        silo.Send(method, path, null, null, [("Cookie", cookie), .. headers]);
}
