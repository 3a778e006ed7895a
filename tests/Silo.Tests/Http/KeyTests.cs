using System.Text.Json;
using ExecutionGrains.Hosting.Auth.Keys;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Sqlite;
using ExecutionGrains.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>API keys: mistyped, rotated, revoked, and read too long ago.</summary>
public sealed class KeyTests(KeyTests.Silo silo) : IClassFixture<KeyTests.Silo>
{
    private const string Beat = """{"type":"heartbeat"}""";

    [Fact]
    public async Task A_mistyped_key_is_reported_even_if_the_keys_cannot_be_read()
    {
        var (_, key) = await silo.NewKey("viewer");
        var mistyped = key[..10] + (key[10] == 'x' ? 'y' : 'x') + key[11..];

        using (silo.Away())
        {
            Assert.Contains("checksum", (await silo.Get("/v1/executions", mistyped)).IsProblem(401, "unauthorized").String("detail"), StringComparison.Ordinal);
        }

        Assert.Contains("unknown", (await silo.Get("/v1/executions", ApiKey.New())).IsProblem(401, "unauthorized").String("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_an_earlier_version_has_no_checksum_and_stays_valid()
    {
        var key = ApiKey.New()[..46];
        await silo.App.Services.GetRequiredService<IOperationsStore>().AddKeyAsync(
            new("old", "old", "viewer", null, ApiKey.Hash(key), null, silo.Clock.GetUtcNow(), null, null), null, TestContext.Current.CancellationToken);
        await silo.App.Services.GetRequiredService<ApiKeyCache>().RefreshAsync(TestContext.Current.CancellationToken);

        (await silo.Get("/v1/executions", key)).Is(200);
    }

    [Fact]
    public async Task D40_A_created_key_may_rotate_itself_and_the_keys_that_it_created_and_no_other()
    {
        var (otherId, _) = await silo.NewKey("viewer");
        var (adminId, admin) = await silo.NewKey("admin");
        var made = (await silo.Post("/v1/keys", """{"name":"made","role":"viewer","namespaces":["*"]}""", admin)).Is(201);

        (await silo.Post($"/v1/keys/{otherId}/rotate", "", admin)).IsProblem(403, "forbidden");
        (await silo.Post($"/v1/keys/{made.String("keyId")}/rotate", "", admin)).Is(200);
        (await silo.Post($"/v1/keys/{adminId}/rotate", "", admin)).Is(200);
        (await silo.Post($"/v1/keys/{otherId}/rotate", "")).Is(200);
    }

    [Fact]
    public async Task A_rotated_key_has_a_new_secret_and_the_previous_one_stays_valid_for_the_overlap()
    {
        var (keyId, first) = await silo.NewKey("executor");
        var (id, token) = await silo.Running(key: first);

        var rotated = (await silo.Post($"/v1/keys/{keyId}/rotate", "")).Is(200);
        var second = rotated.String("key")!;
        Assert.Equal((keyId, "executor"), (rotated.String("keyId"), rotated.String("role")));
        var third = (await silo.Post($"/v1/keys/{keyId}/rotate", """{"overlap":"01:00:00"}""")).Is(200).String("key")!;
        await AreUsable(first, second, third);
        silo.Clock.JumpWallClock(TimeSpan.FromMinutes(10));
        (await silo.Get("/v1/executions", first)).IsProblem(401, "unauthorized");
        await AreUsable(second, third);
        silo.Clock.JumpWallClock(TimeSpan.FromMinutes(50));
        (await silo.Get("/v1/executions", second)).IsProblem(401, "unauthorized");
        var fourth = (await silo.Post($"/v1/keys/{keyId}/rotate", """{"overlap":"00:00:00"}""")).Is(200).String("key")!;
        (await silo.Get("/v1/executions", third)).IsProblem(401, "unauthorized");
        await AreUsable(fourth);

        (await silo.Report(id, Beat, token)).Is(200);
        (await silo.Send(HttpMethod.Delete, $"/v1/keys/{keyId}", null, SiloFixture.AdminKey)).Is(204);
        (await silo.Get("/v1/executions", fourth)).IsProblem(401, "unauthorized");
        (await silo.Post($"/v1/keys/{keyId}/rotate", "")).IsProblem(404, "not_found");
        Assert.Contains("key.rotate", (await silo.Get("/v1/audit?limit=1000")).Items.Select(a => a.GetProperty("action").GetString()));

        async Task AreUsable(params string[] keys)
        {
            foreach (var key in keys)
            {
                (await silo.Get("/v1/executions", key)).Is(200);
            }
        }
    }

    [Theory]
    [InlineData("\"-00:00:01\"")]
    [InlineData("\"soon\"")]
    [InlineData("\"720:00:01\"")]
    [InlineData("10")]
    public async Task An_overlap_is_a_time_of_at_most_thirty_days(string overlap)
    {
        var (keyId, _) = await silo.NewKey("viewer");

        (await silo.Post($"/v1/keys/{keyId}/rotate", $$"""{"overlap":{{overlap}}}""")).IsProblem(400, "invalid_request", "/overlap");
    }

    [Fact]
    public async Task A_key_may_be_rotated_by_callers_that_may_revoke_it_and_the_bootstrap_key_by_its_setting()
    {
        var (other, _) = await silo.NewKey("viewer", "b");
        var (_, admin) = await silo.NewKey("admin", "a");
        var bootstrap = silo.App.Services.GetRequiredService<ApiKeyCache>().Find(SiloFixture.AdminKey)!.KeyId;

        (await silo.Post($"/v1/keys/{other}/rotate", "", admin)).IsProblem(404, "not_found");
        (await silo.Post("/v1/keys/nobody/rotate", "")).IsProblem(404, "not_found");
        (await silo.Post($"/v1/keys/{bootstrap}/rotate", "")).IsProblem(409, "conflict");
    }

    [Fact]
    public async Task D40_Revoking_a_key_revokes_its_descendants_and_their_run_tokens()
    {
        var (parentId, parent) = await silo.NewKey("admin");
        var child = await Made(parent);
        var grandchild = await Made(child.Key);
        var (_, bystander) = await silo.NewKey("viewer");
        var (id, token) = await silo.Running(key: grandchild.Key);

        (await silo.Send(HttpMethod.Delete, $"/v1/keys/{parentId}", null, SiloFixture.AdminKey)).Is(204);

        foreach (var key in new[] { parent, child.Key, grandchild.Key })
        {
            (await silo.Get("/v1/executions", key)).IsProblem(401, "unauthorized");
        }

        (await silo.Report(id, Beat, token)).IsProblem(401, "token_invalid");
        (await silo.Get("/v1/executions", bystander)).Is(200);
        var listed = (await silo.Get("/v1/keys")).Items.Where(k => k.GetProperty("revokedAt").ValueKind != JsonValueKind.Null)
            .Select(k => k.GetProperty("keyId").GetString());
        Assert.Superset(new HashSet<string?> { parentId, child.KeyId, grandchild.KeyId }, listed.ToHashSet());

        async Task<(string KeyId, string Key)> Made(string by)
        {
            var made = (await silo.Post("/v1/keys", """{"name":"child","role":"admin","namespaces":["*"]}""", by)).Is(201);
            return (made.String("keyId")!, made.String("key")!);
        }
    }

    [Fact]
    public async Task D38_A_silo_that_has_read_no_keys_for_a_minute_answers_every_caller_503()
    {
        var (id, token) = await silo.Running(""","heartbeatTimeoutSeconds":86400""");
        var cookie = SessionTests.CookieOf(await silo.SignIn(SiloFixture.AdminKey));
        using (silo.Away())
        {
            silo.Clock.Advance(TimeSpan.FromSeconds(50));
            (await silo.Report(id, Beat, token)).Is(200);

            silo.Clock.Advance(TimeSpan.FromSeconds(15));
            ComesAgain(await silo.Get("/v1/executions"));
            ComesAgain(await silo.Get("/v1/executions", "a-key-that-another-silo-may-have-made"));
            ComesAgain(await silo.Report(id, Beat, token));
            ComesAgain(await silo.Report(id, Beat, token[..^1] + (token[^1] == 'A' ? 'B' : 'A')));
            ComesAgain(await silo.Send(HttpMethod.Get, "/v1/executions", null, null, ("Cookie", cookie)));
            (await silo.Get("/v1/executions", key: null)).IsProblem(401, "unauthorized");
        }

        while ((await silo.Get("/v1/executions")).Status != 200)
        {
            silo.Clock.Advance(TimeSpan.FromSeconds(3));
        }

        (await silo.Report(id, Beat, token)).Is(200);
    }

    private static void ComesAgain(Got got)
    {
        got.IsProblem(503, "store_unavailable");
        Assert.NotNull(got.Response.Headers.RetryAfter?.Delta);
    }

    public sealed class Silo : ClockedSilo
    {
        private FaultyOperations Operations => App.Services.GetRequiredService<FaultyOperations>();

        /// <summary>Makes reads of keys fail until it is disposed.</summary>
        internal IDisposable Away()
        {
            Operations.AreKeysAway = true;
            return new Back(Operations);
        }

        protected override void Compose(IServiceCollection services) =>
            services.AddSingleton(provider => new FaultyOperations(provider.GetRequiredService<SqliteStore>()))
                .AddSingleton<IOperationsStore>(provider => provider.GetRequiredService<FaultyOperations>());

        private sealed class Back(FaultyOperations operations) : IDisposable
        {
            public void Dispose() => operations.AreKeysAway = false;
        }
    }
}
