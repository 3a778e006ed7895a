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
        var cookie = SessionTests.CookieOf(await silo.Get($"/?key={key}", key: null));

        silo.Clock.JumpWallClock(TimeSpan.FromHours(1) - TimeSpan.FromTicks(10));
        (await silo.Get("/v1/executions", key)).Is(200);
        (await silo.Report(id, """{"type":"heartbeat"}""", token)).Is(200);
        silo.Clock.JumpWallClock(TimeSpan.FromTicks(10));

        (await silo.Get("/v1/executions", key)).IsProblem(401, "unauthorized");
        (await silo.Report(id, """{"type":"heartbeat"}""", token)).IsProblem(401, "token_invalid");
        (await silo.Send(HttpMethod.Get, "/v1/executions", null, null, ("Cookie", cookie))).IsProblem(401, "unauthorized");
        Assert.Equal("/?signin=refused", (await silo.Get($"/?key={key}", key: null)).Response.Headers.Location?.ToString());
    }

    [Fact]
    public async Task A_run_token_is_renewed_past_half_its_life_until_it_has_expired()
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
}
