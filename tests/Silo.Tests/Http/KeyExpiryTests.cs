using System.Globalization;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

public sealed class KeyExpiryTests(ClockedSilo silo) : IClassFixture<ClockedSilo>
{
    [Fact]
    public async Task A_key_ends_when_it_expires_and_so_do_its_cookie_and_its_run_tokens()
    {
        var until = silo.Clock.GetUtcNow().AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        var made = (await silo.Post("/v1/keys", $$"""{"name":"short","role":"admin","namespaces":["*"],"expiresAt":"{{until}}"}""")).Is(201);
        var key = made.String("key")!;
        var (id, token) = await silo.Running(key: key);
        var cookie = SessionTests.CookieOf(await silo.SignIn(key));

        silo.Clock.JumpWallClock(TimeSpan.FromHours(1) - TimeSpan.FromTicks(10));
        (await silo.Get("/v1/executions", key)).Is(200);
        (await silo.Report(id, """{"type":"heartbeat"}""", token)).Is(200);
        silo.Clock.JumpWallClock(TimeSpan.FromTicks(10));

        (await silo.Get("/v1/executions", key)).IsProblem(401, "unauthorized");
        (await silo.Report(id, """{"type":"heartbeat"}""", token)).IsProblem(401, "token_invalid");
        (await silo.Send(HttpMethod.Get, "/v1/executions", null, null, ("Cookie", cookie))).IsProblem(401, "unauthorized");
        Assert.Equal("/?signin=refused", (await silo.SignIn(key)).Response.Headers.Location?.ToString());
    }

    [Fact]
    public async Task A_run_token_is_renewed_after_half_its_lifetime_until_it_has_expired()
    {
        var (id, token) = await silo.Running(""","heartbeatTimeoutSeconds":86400""");
        const string beat = """{"type":"heartbeat"}""";

        silo.Clock.JumpWallClock(TimeSpan.FromHours(12) - TimeSpan.FromMinutes(1));
        Assert.DoesNotContain("\"token\":\"", (await silo.Report(id, beat, token)).Is(200).Text, StringComparison.Ordinal);
        silo.Clock.JumpWallClock(TimeSpan.FromMinutes(2));
        var fresh = (await silo.Report(id, beat, token)).Is(200).String("token")!;
        silo.Clock.JumpWallClock(TimeSpan.FromHours(12));

        (await silo.Report(id, beat, token)).IsProblem(401, "token_expired");
        (await silo.Report(id, beat, fresh)).Is(200);
    }

    [Fact]
    public async Task D45_A_run_token_is_not_renewed_after_its_epoch_ended()
    {
        const string beat = """{"type":"heartbeat"}""";
        var (ended, token) = await silo.Running(""","heartbeatTimeoutSeconds":86400""");
        var (taken, stale) = await silo.Running(""","heartbeatTimeoutSeconds":86400""");
        silo.Clock.JumpWallClock(TimeSpan.FromHours(13));
        Assert.NotNull((await silo.Report(ended, beat, token)).Is(200).String("token"));

        IsNotRenewed(await silo.Report(ended, """{"eventId":"e","type":"execution.completed","outcome":"success"}""", token));
        IsNotRenewed(await silo.Report(ended, beat, token));
        await silo.Report(taken, """{"eventId":"p","type":"execution.paused"}""", stale);
        (await silo.Post($"/v1/executions/{taken}/claim", """{"workerId":"w2"}""")).Is(200);
        IsNotRenewed(await silo.Report(taken, beat, stale));
    }

    [Fact]
    public async Task D40_A_key_expires_with_the_key_that_created_it()
    {
        var until = silo.Clock.GetUtcNow().AddHours(1);
        var parent = await Make(SiloFixture.AdminKey, until);
        Assert.Equal(until, (await Made(parent, null)).Is(201)["expiresAt"].GetDateTimeOffset());
        (await Made(parent, until.AddTicks(10))).IsProblem(400, "invalid_request", "/expiresAt");
        var child = await Make(parent, until);
        var grandchild = await Make(child, null);
        var (id, token) = await silo.Running(key: grandchild);

        silo.Clock.JumpWallClock(TimeSpan.FromHours(1) - TimeSpan.FromTicks(10));
        (await silo.Get("/v1/executions", grandchild)).Is(200);
        silo.Clock.JumpWallClock(TimeSpan.FromTicks(10));

        (await silo.Get("/v1/executions", child)).IsProblem(401, "unauthorized");
        (await silo.Get("/v1/executions", grandchild)).IsProblem(401, "unauthorized");
        (await silo.Report(id, """{"type":"heartbeat"}""", token)).IsProblem(401, "token_invalid");
    }

    private static void IsNotRenewed(Got got) => Assert.DoesNotContain("\"token\":\"", got.Is(200).Text, StringComparison.Ordinal);

    private async Task<string> Make(string key, DateTimeOffset? until) => (await Made(key, until)).Is(201).String("key")!;

    private Task<Got> Made(string key, DateTimeOffset? until)
    {
        var expiry = until is { } end ? $",\"expiresAt\":\"{end:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}\"" : string.Empty;
        return silo.Post("/v1/keys", $$"""{"name":"short","role":"admin","namespaces":["*"]{{expiry}}}""", key);
    }
}
