using System.Text.Json;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

public sealed class NamespaceTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    [Fact]
    public async Task S48_D37_a_key_of_one_namespace_cannot_access_another()
    {
        var (_, key) = await silo.NewKey("admin", "mine");
        var (theirs, _) = await silo.Running(""","namespace":"theirs" """);
        var before = (await silo.Get($"/v1/executions/{theirs}"))["version"].GetInt64();

        foreach (var path in new[] { "", "/steps", "/logs", "/history" })
        {
            (await silo.Get($"/v1/executions/{theirs}{path}", key)).IsProblem(404, "unknown_execution");
        }

        (await silo.Post($"/v1/executions/{theirs}/claim", """{"workerId":"w"}""", key)).IsProblem(404, "unknown_execution");
        (await silo.Report(theirs, """{"eventId":"x","type":"log","message":"m"}""", key)).IsProblem(409, "id_taken");
        (await silo.Report(theirs, "", key)).IsProblem(409, "id_taken");
        (await silo.Post($"/v1/executions/{theirs}/cancel", "{}", key)).IsProblem(404, "unknown_execution");
        (await silo.Post($"/v1/executions/{theirs}/resolve", """{"resolution":"failed"}""", key)).IsProblem(404, "unknown_execution");
        (await silo.Post($"/v1/executions/{theirs}/requeue", "{}", key)).IsProblem(404, "unknown_execution");
        var create = await silo.Post("/v1/executions", $$"""{"executionId":"{{theirs}}","workflow":"w"}""", key);
        create.IsProblem(409, "id_taken");
        Assert.DoesNotContain("running", create.Text, StringComparison.Ordinal);
        var batch = await silo.Post("/v1/events", $$"""[{"executionId":"{{theirs}}","eventId":"x","type":"log","message":"m"}]""", key);
        Got.Same(["rejected"], batch.Is(200).Words("results", "result"));
        Got.Same(["id_taken"], batch.Words("results", "code"));
        Assert.Equal(before, (await silo.Get($"/v1/executions/{theirs}"))["version"].GetInt64());
    }

    /// <summary>Timers are coarse, so the test checks that neither is answered as soon as its answer is known.</summary>
    [Fact]
    public async Task D47_ids_of_another_namespace_and_unknown_ids_are_answered_after_the_same_time()
    {
        var (_, key) = await silo.NewKey("operator", "mine");
        var (theirs, _) = await silo.Running(""","namespace":"theirs" """);

        foreach (var id in new[] { theirs, "nobody" })
        {
            foreach (var path in new[] { "", "/steps" })
            {
                var started = System.Diagnostics.Stopwatch.GetTimestamp();
                (await silo.Get($"/v1/executions/{id}{path}", key)).IsProblem(404, "unknown_execution");
                Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalMilliseconds, 3, double.MaxValue);
            }

            var asked = System.Diagnostics.Stopwatch.GetTimestamp();
            (await silo.Post($"/v1/executions/{id}/cancel", "{}", key)).IsProblem(404, "unknown_execution");
            Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(asked).TotalMilliseconds, 3, double.MaxValue);
        }
    }

    [Fact]
    public async Task D37_a_workflow_that_was_never_seen_has_no_figures()
    {
        var (_, key) = await silo.NewKey("executor", "counted");
        await silo.Running(key: key);

        Assert.Equal(1, (await silo.Get("/v1/stats?workflow=w", key)).Is(200)["byStatus"].GetProperty("running").GetInt64());
        Assert.Equal(0, (await silo.Get("/v1/stats?workflow=never-seen", key)).Is(200)["byStatus"].GetProperty("running").GetInt64());
    }

    [Fact]
    public async Task S48_lists_and_figures_contain_only_the_keys_namespaces()
    {
        var (_, key) = await silo.NewKey("executor", "only");
        await silo.Running(""","namespace":"elsewhere" """);
        var (mine, _) = await silo.Running(key: key);

        Got.Same([mine], (await silo.Get("/v1/executions?limit=1000", key)).Words("items", "executionId"));
        Assert.Empty((await silo.Get("/v1/executions?namespace=elsewhere", key)).Items);
        var stats = (await silo.Get("/v1/stats", key)).Is(200);
        Assert.Equal(1, stats["byStatus"].GetProperty("running").GetInt64());
        Got.Same([mine], stats.Words("oldestRunning", "executionId"));
        var foreign = (await silo.Get("/v1/stats?namespace=elsewhere", key)).Is(200);
        Assert.Equal(0, foreign["byStatus"].GetProperty("running").GetInt64());
        Assert.Empty(foreign.Words("oldestRunning", "executionId"));
    }

    [Theory]
    [InlineData("viewer")]
    [InlineData("executor")]
    [InlineData("admin", "mine")]
    public async Task D31_Silos_addresses_are_for_admins_of_all_namespaces(string role, params string[] namespaces)
    {
        var (_, key) = await silo.NewKey(role, namespaces);
        var full = (await silo.Get("/v1/cluster")).Is(200)["silos"][0];
        var answer = (await silo.Get("/v1/cluster", key)).Is(200);

        var shown = answer["silos"][0];
        Assert.Contains("127.0.0.1", full.GetProperty("siloId").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", answer.Text, StringComparison.Ordinal);
        Assert.Matches("^[0-9a-f]{16}$", shown.GetProperty("siloId").GetString());
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("address").ValueKind);
        Assert.Equal(full.GetProperty("startedAt").GetDateTimeOffset(), shown.GetProperty("startedAt").GetDateTimeOffset());
        Assert.Equal(shown.GetProperty("siloId").GetString(), (await silo.Get("/v1/cluster", key))["silos"][0].GetProperty("siloId").GetString());
    }

    [Fact]
    public async Task S48_the_audit_shows_only_the_keys_namespaces()
    {
        var (_, key) = await silo.NewKey("admin", "audited");
        var theirs = await silo.Pending(""","namespace":"not-audited" """);
        var mine = await silo.Pending(""","namespace":"audited" """);
        await silo.Post($"/v1/executions/{theirs}/cancel", "{}");
        await silo.Post($"/v1/executions/{mine}/cancel", "{}");

        var seen = (await silo.Get("/v1/audit", key)).Is(200);
        Got.Same(["cancel", "key.create"], seen.Words("items", "action"));
        Got.Same([mine, null], seen.Words("items", "executionId"));
    }

    [Fact]
    public async Task S48_an_implicit_create_takes_the_keys_only_namespace()
    {
        var (_, key) = await silo.NewKey("executor", "solo");
        var id = silo.NewId();
        (await silo.Report(id, """{"eventId":"e","type":"log","message":"m"}""", key)).Is(200);

        Assert.Equal("solo", (await silo.Get($"/v1/executions/{id}")).String("namespace"));
    }

    [Fact]
    public async Task S48_an_implicit_create_takes_default_if_the_key_has_it()
    {
        var (_, key) = await silo.NewKey("executor", "x", "default");
        var id = silo.NewId();
        (await silo.Report(id, """{"eventId":"e","type":"log","message":"m"}""", key)).Is(200);

        Assert.Equal("default", (await silo.Get($"/v1/executions/{id}")).String("namespace"));
    }

    [Fact]
    public async Task S48_an_implicit_create_with_an_ambiguous_namespace_is_forbidden()
    {
        var (_, key) = await silo.NewKey("executor", "x", "y");
        var id = silo.NewId();

        (await silo.Report(id, """{"eventId":"e","type":"log","message":"m"}""", key)).IsProblem(403, "forbidden");
        (await silo.Post("/v1/executions", $$"""{"executionId":"{{id}}","workflow":"w"}""", key)).IsProblem(403, "forbidden");
        (await silo.Get($"/v1/executions/{id}")).IsProblem(404, "unknown_execution");
        (await silo.Report(id, """{"eventId":"e","type":"execution.started","namespace":"y"}""", key)).Is(200);
        Assert.Equal("y", (await silo.Get($"/v1/executions/{id}")).String("namespace"));
    }

    [Fact]
    public async Task S48_nothing_is_created_in_anothers_namespace()
    {
        var (_, key) = await silo.NewKey("executor", "mine");
        var id = silo.NewId();

        (await silo.Post("/v1/executions", $$"""{"executionId":"{{id}}","workflow":"w","namespace":"theirs"}""", key)).IsProblem(403, "forbidden");
        (await silo.Report(id, """{"eventId":"e","type":"execution.started","namespace":"theirs"}""", key)).IsProblem(403, "forbidden");
        var batch = await silo.Post("/v1/events", $$"""[{"executionId":"{{id}}","eventId":"x","type":"execution.started","namespace":"theirs"}]""", key);
        Got.Same(["forbidden"], batch.Is(200).Words("results", "code"));
        (await silo.Get($"/v1/executions/{id}")).IsProblem(404, "unknown_execution");
    }

    [Fact]
    public async Task S48_an_admin_of_one_namespace_cannot_create_see_or_revoke_keys_of_another()
    {
        var (_, key) = await silo.NewKey("admin", "mine");
        var (theirs, _) = await silo.NewKey("viewer", "theirs");

        (await silo.Post("/v1/keys", """{"name":"n","role":"admin","namespaces":["*"]}""", key)).IsProblem(403, "forbidden");
        (await silo.Post("/v1/keys", """{"name":"n","role":"admin","namespaces":["mine","theirs"]}""", key)).IsProblem(403, "forbidden");
        (await silo.Post("/v1/keys", """{"name":"n","role":"admin","namespaces":["mine"]}""", key)).Is(201);
        Assert.DoesNotContain(theirs, (await silo.Get("/v1/keys", key)).Is(200).Words("items", "keyId"));
        (await silo.Send(HttpMethod.Delete, $"/v1/keys/{theirs}", null, key)).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task S48_an_admin_of_one_namespace_cannot_pause_the_janitor()
    {
        var (_, key) = await silo.NewKey("admin", "mine");

        (await silo.Post("/v1/janitor/pause", "{}", key)).IsProblem(403, "forbidden");
        (await silo.Post("/v1/janitor/resume", "{}", key)).IsProblem(403, "forbidden");
        Assert.False((await silo.Get("/v1/cluster"))["janitor"].GetProperty("paused").GetBoolean());
    }

    [Fact]
    public async Task S48_the_audit_of_keys_is_visible_to_admins_of_their_namespace()
    {
        var (_, key) = await silo.NewKey("admin", "keyed");
        var (theirs, _) = await silo.NewKey("viewer", "not-keyed");
        var (all, _) = await silo.NewKey("viewer");
        var mine = (await silo.Post("/v1/keys", """{"name":"n","role":"viewer","namespaces":["keyed"]}""", key)).Is(201).String("keyId");
        (await silo.Send(HttpMethod.Delete, $"/v1/keys/{mine}", null, key)).Is(204);

        var seen = (await silo.Get("/v1/audit", key)).Is(200);

        Assert.Equal(
            ["key.revoke", "key.create"], seen.Items.Where(i => i.GetProperty("reason").GetString() == mine).Select(i => i.GetProperty("action").GetString()!));
        Assert.DoesNotContain(theirs, seen.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(all, seen.Text, StringComparison.Ordinal);
        var everything = (await silo.Get("/v1/audit?limit=1000")).Text;
        Assert.All([mine!, theirs, all], id => Assert.Contains(id, everything, StringComparison.Ordinal));
    }
}
