using ExecutionGrains.Hosting.Settings;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>The single bootstrap key, across starts with other values of its setting.</summary>
public sealed class BootstrapKeyTests(BootstrapKeyTests.Silo silo) : IClassFixture<BootstrapKeyTests.Silo>
{
    private const string Beat = """{"type":"heartbeat"}""";

    [Fact]
    public async Task D39_Revoking_a_replaced_key_ends_what_it_caused()
    {
        var (first, second) = ("h3Rw8Yk1VtXc5MnJq7PzLs2GbDf9uEaA", "t6Kp4Zs9QwLx2BvHc8NmRj5YgTd1oIuE");
        await silo.RestartWithAsync(first);
        var keyId = Assert.Single(await Usable(first));
        var (id, token) = await silo.Running(key: first);
        await silo.RestartWithAsync(second);

        (await silo.Send(HttpMethod.Delete, $"/v1/keys/{keyId}", null, second)).Is(204);

        (await silo.Report(id, Beat, token)).IsProblem(401, "token_invalid");
        Assert.Single(await Usable(second));
    }

    [Fact]
    public async Task D39_Another_value_revokes_the_previous_one_and_what_that_one_caused_and_created_stays_valid()
    {
        var (first, second) = ("f7Jm2Qx9TzKp4WvLs8Yd3RbNc6HgA5uE", "q1Zx5Nw8CvBm3LkJ7hGfD2sApO9iUyTr");
        await silo.RestartWithAsync(first);
        var (id, token) = await silo.Running(key: first);
        var child = (await silo.Post("/v1/keys", """{"name":"child","role":"admin","namespaces":["*"]}""", first)).Is(201).String("key")!;
        var cookie = SessionTests.CookieOf(await silo.SignIn(first));

        await silo.RestartWithAsync(second);

        (await silo.Get("/v1/keys", first)).IsProblem(401, "unauthorized");
        (await silo.Send(HttpMethod.Get, "/v1/keys", null, null, ("Cookie", cookie))).IsProblem(401, "unauthorized");
        (await silo.Get("/v1/keys", child)).Is(200);
        (await silo.Report(id, Beat, token)).Is(200);
        Assert.Single(await Usable(second));

        // And back: an operator who reverts a change must not be locked out.
        await silo.RestartWithAsync(first);
        (await silo.Get("/v1/keys", second)).IsProblem(401, "unauthorized");
        Assert.Single(await Usable(first));
        (await silo.Report(id, Beat, token)).Is(200);

        // Revoking it also revokes what the previous bootstrap keys created and caused.
        await silo.RestartWithAsync(second);
        var keyId = Assert.Single(await Usable(second));
        (await silo.Send(HttpMethod.Delete, $"/v1/keys/{keyId}", null, second)).Is(204);
        (await silo.Get("/v1/keys", child)).IsProblem(401, "unauthorized");
        (await silo.Report(id, Beat, token)).IsProblem(401, "token_invalid");
        await silo.StopAsync();
        var failure = await Assert.ThrowsAsync<StartException>(silo.StartAsync);
        Assert.Equal("ExecutionGrains__Auth__BootstrapKey is a key that was revoked: set another value", failure.Message);
    }

    private async Task<IEnumerable<string?>> Usable(string key) => (await silo.Get("/v1/keys", key)).Is(200).Items
        .Where(k => k.GetProperty("keyId").GetString()!.StartsWith("bootstrap-", StringComparison.Ordinal)
            && k.GetProperty("revokedAt").ValueKind == System.Text.Json.JsonValueKind.Null)
        .Select(k => k.GetProperty("keyId").GetString());

    public sealed class Silo : SiloFixture
    {
        private string _key = AdminKey;

        protected override IEnumerable<string> Settings => [$"--ExecutionGrains:Auth:BootstrapKey={_key}"];

        internal Task RestartWithAsync(string value)
        {
            _key = value;
            return RestartAsync();
        }
    }
}
