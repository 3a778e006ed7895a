using System.Text.Json;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

public sealed class OperateTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    [Fact]
    public async Task S39_a_pending_execution_is_cancelled_at_once()
    {
        var id = await silo.Pending();

        var got = await silo.Post($"/v1/executions/{id}/cancel", """{"reason":"not needed"}""");

        got.Is(200);
        Assert.Equal((id, "cancelled", "pending"), (got.String("executionId"), got.String("status"), got.String("previousStatus")));
        Assert.Equal("not needed", got.String("reason"));
        Got.IsTime(got["requestedAt"]);
        Got.IsTime((await silo.Get($"/v1/executions/{id}"))["endedAt"]);
    }

    [Fact]
    public async Task S38_a_running_execution_gets_a_cancel_request_and_a_second_cancel_names_the_first()
    {
        var (id, _) = await silo.Running();

        var first = await silo.Post($"/v1/executions/{id}/cancel", """{"reason":"one"}""");
        var second = await silo.Post($"/v1/executions/{id}/cancel", """{"reason":"two"}""");

        Assert.Equal(("running", "running", "one"), (first.Is(202).String("status"), first.String("previousStatus"), first.String("reason")));
        Assert.Equal("one", second.Is(200).String("reason"));
        Assert.Equal(first.String("requestedAt"), second.String("requestedAt"));
        var report = await silo.Report(id, """{"type":"heartbeat"}""");
        Assert.True(report["control"].GetProperty("cancelRequested").GetBoolean());
        Assert.Equal("one", report["control"].GetProperty("cancelReason").GetString());
    }

    [Fact]
    public async Task A_cancelled_execution_names_its_first_cancel()
    {
        var id = await silo.Pending();
        await silo.Post($"/v1/executions/{id}/cancel", """{"reason":"one"}""");

        Assert.Equal("one", (await silo.Post($"/v1/executions/{id}/cancel", """{"reason":"two"}""")).Is(200).String("reason"));
    }

    [Fact]
    public async Task An_execution_that_ended_otherwise_cannot_be_cancelled()
    {
        var (id, _) = await silo.Running();
        await silo.Report(id, """{"eventId":"e","type":"execution.completed","outcome":"success"}""");

        (await silo.Post($"/v1/executions/{id}/cancel", "{}")).IsProblem(409, "already_finished");
    }

    [Theory]
    [InlineData("cancel", "{}")]
    [InlineData("resolve", """{"resolution":"recovered"}""")]
    [InlineData("requeue", "{}")]
    public async Task Operator_actions_on_an_unknown_execution_are_refused(string what, string body) =>
        (await silo.Post($"/v1/executions/nobody/{what}", body)).IsProblem(404, "unknown_execution");

    [Fact]
    public async Task A_reason_must_be_a_text() =>
        (await silo.Post("/v1/executions/nobody/cancel", """{"reason":7}""")).IsProblem(400, "invalid_request", "/reason");

    [Fact]
    public async Task Only_a_lost_execution_can_be_resolved()
    {
        var (id, _) = await silo.Running();

        (await silo.Post($"/v1/executions/{id}/resolve", """{"resolution":"recovered","reason":"r"}""")).IsProblem(409, "not_lost");
        (await silo.Post($"/v1/executions/{id}/resolve", """{"resolution":"perhaps"}""")).IsProblem(400, "invalid_request", "/resolution");
        (await silo.Post($"/v1/executions/{id}/resolve", "{}")).IsProblem(400, "invalid_request", "/resolution");
    }

    [Fact]
    public async Task An_execution_with_attempts_left_can_be_requeued()
    {
        var (id, _) = await silo.Running(""","maxAttempts":2""");
        await silo.Report(id, """{"eventId":"e","type":"execution.completed","outcome":"fail"}""");

        var got = await silo.Post($"/v1/executions/{id}/requeue", """{"reason":"again"}""");

        Assert.Equal(("pending", 2), (got.Is(200).String("status"), got["epoch"].GetInt32()));
        var claimed = await silo.Post($"/v1/executions/{id}/claim", """{"workerId":"w2"}""");
        Assert.Equal(2, claimed.Is(200)["epoch"].GetInt32());
    }

    [Fact]
    public async Task A_running_execution_or_one_without_attempts_left_cannot_be_requeued()
    {
        var (id, _) = await silo.Running();
        (await silo.Post($"/v1/executions/{id}/requeue", "{}")).IsProblem(409, "not_requeueable");
        await silo.Report(id, """{"eventId":"e","type":"execution.completed","outcome":"fail"}""");

        (await silo.Post($"/v1/executions/{id}/requeue", "{}")).IsProblem(409, "not_requeueable");
    }

    [Fact]
    public async Task The_janitor_is_paused_and_resumed()
    {
        Assert.True((await silo.Send(HttpMethod.Post, "/v1/janitor/pause", null, SiloFixture.AdminKey)).Is(200)["paused"].GetBoolean());
        Assert.True((await silo.Get("/v1/cluster"))["janitor"].GetProperty("paused").GetBoolean());
        Assert.False((await silo.Post("/v1/janitor/resume", """{"reason":"done"}""")).Is(200)["paused"].GetBoolean());
        Assert.False((await silo.Get("/v1/cluster"))["janitor"].GetProperty("paused").GetBoolean());
    }

    [Fact]
    public async Task D22_Every_operator_action_is_in_the_audit_newest_first()
    {
        var id = await silo.Pending();
        await silo.Post($"/v1/executions/{id}/cancel", """{"reason":"why"}""");
        await silo.Post("/v1/janitor/resume", """{"reason":"just so"}""");

        var items = (await silo.Get("/v1/audit?limit=1000")).Is(200).Items;

        var cancel = Assert.Single(items, i => i.GetProperty("executionId").GetString() == id);
        Assert.Equal(
            ("admin", "cancel", "why"),
            (cancel.GetProperty("by").GetString(), cancel.GetProperty("action").GetString(), cancel.GetProperty("reason").GetString()));
        Got.IsTime(cancel.GetProperty("at"));
        Assert.Contains(items, i => i.GetProperty("action").GetString() == "janitor.resume" && i.GetProperty("reason").GetString() == "just so");
        // Refusals are written after their answers.
        var times = items.Where(i => i.GetProperty("action").GetString() != "action.refused").Select(i => i.GetProperty("at").GetString()).ToArray();
        Assert.Equal(times.OrderDescending(StringComparer.Ordinal), times);
    }

    [Fact]
    public async Task A_key_is_shown_once_and_kept_as_a_hash()
    {
        var made = await silo.Post(
            "/v1/keys", """{"name":"ci","role":"executor","namespaces":["a","b"],"claims":{"email":"ci@x"},"expiresAt":"2099-01-02T03:04:05.123456Z"}""");

        var key = made.Is(201).String("key")!;
        Assert.Matches("^eg_[A-Za-z0-9_-]{43}[A-Za-z0-9]{6}$", key);
        Assert.Equal(("ci", "executor", "2099-01-02T03:04:05.123456Z"), (made.String("name"), made.String("role"), made.String("expiresAt")));
        Assert.Equal("ci@x", made["claims"].GetProperty("email").GetString());
        var list = (await silo.Get("/v1/keys")).Is(200);
        Assert.DoesNotContain(key, list.Text, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, list["nextCursor"].ValueKind);
        var listed = Assert.Single(list.Items, i => i.GetProperty("keyId").GetString() == made.String("keyId"));
        Assert.Equal(["a", "b"], listed.GetProperty("namespaces").EnumerateArray().Select(n => n.GetString()!).ToArray());
    }

    [Theory]
    [InlineData("""{"role":"admin"}""", "/name")]
    [InlineData("""{"name":"n"}""", "/role")]
    [InlineData("""{"name":"n","role":"god"}""", "/role")]
    [InlineData("""{"name":"n","role":"viewer"}""", "/namespaces")]
    [InlineData("""{"name":"n","role":"viewer","namespaces":null}""", "/namespaces")]
    [InlineData("""{"name":"n","role":"viewer","namespaces":[]}""", "/namespaces")]
    [InlineData("""{"name":"n","role":"viewer","namespaces":"a"}""", "/namespaces")]
    [InlineData("""{"name":"n","role":"viewer","namespaces":["\ud800"]}""", "/namespaces")]
    [InlineData("""{"name":"n","role":"viewer","claims":[]}""", "/claims")]
    [InlineData("""{"name":"n","role":"viewer","claims":{"email":"\ud800"},"expiresAt":"later"}""", "/expiresAt")]
    [InlineData("""{"name":"n","role":"viewer","namespaces":["*"],"expiresAt":"2026-01-02T03:04:05Z"}""", "/expiresAt")]
    public async Task An_invalid_field_of_a_key_is_named(string body, string pointer) =>
        (await silo.Post("/v1/keys", body)).IsProblem(400, "invalid_request", pointer);

    [Fact]
    public async Task S21_claims_with_a_lone_surrogate_leave_the_keys_readable()
    {
        (await silo.Post("/v1/keys", """{"name":"odd","role":"viewer","namespaces":["*"],"claims":{"email":"\ud800"}}""")).Is(201);
        (await silo.Post("/v1/keys", """{"name":"odd","role":"viewer","claims":{"\udc00":1}}""")).IsProblem(400, "invalid_request", "/claims");

        (await silo.Get("/v1/keys")).Is(200);
        await silo.NewKey("viewer");
    }

    [Fact]
    public async Task A_revoked_key_ends_with_its_tokens()
    {
        var (keyId, key) = await silo.NewKey("executor");
        var (id, token) = await silo.Running(key: key);

        var gone = await silo.Send(HttpMethod.Delete, $"/v1/keys/{keyId}", null, SiloFixture.AdminKey);

        Assert.Equal("", gone.Is(204).Text);
        (await silo.Get("/v1/executions", key)).IsProblem(401, "unauthorized");
        (await silo.Report(id, """{"type":"heartbeat"}""", token)).IsProblem(401, "token_invalid");
        (await silo.Send(HttpMethod.Delete, "/v1/keys/none", null, SiloFixture.AdminKey)).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task A_viewer_can_only_read()
    {
        var (_, key) = await silo.NewKey("viewer");
        var (id, _) = await silo.Running();

        (await silo.Get($"/v1/executions/{id}", key)).Is(200);
        (await silo.Get("/v1/stats", key)).Is(200);
        (await silo.Get("/v1/cluster", key)).Is(200);
        (await silo.Post("/v1/executions", """{"workflow":"w"}""", key)).IsProblem(403, "forbidden");
        (await silo.Report(id, """{"type":"heartbeat"}""", key)).IsProblem(403, "forbidden");
        (await silo.Post("/v1/events", "[]", key)).IsProblem(403, "forbidden");
        (await silo.Post($"/v1/executions/{id}/claim", """{"workerId":"w"}""", key)).IsProblem(403, "forbidden");
        (await silo.Post($"/v1/executions/{id}/cancel", "{}", key)).IsProblem(403, "forbidden");
        (await silo.Get("/v1/keys", key)).IsProblem(403, "forbidden");
    }

    [Fact]
    public async Task An_executor_can_report_but_not_operate()
    {
        var (_, key) = await silo.NewKey("executor");
        var (id, _) = await silo.Running();

        (await silo.Report(id, """{"type":"heartbeat"}""", key)).Is(200);
        (await silo.Post($"/v1/executions/{id}/cancel", "{}", key)).IsProblem(403, "forbidden");
        (await silo.Post($"/v1/executions/{id}/resolve", """{"resolution":"failed"}""", key)).IsProblem(403, "forbidden");
        (await silo.Post($"/v1/executions/{id}/requeue", "{}", key)).IsProblem(403, "forbidden");
        (await silo.Post("/v1/janitor/pause", "{}", key)).IsProblem(403, "forbidden");
        (await silo.Post("/v1/keys", """{"name":"n","role":"admin"}""", key)).IsProblem(403, "forbidden");
        (await silo.Get("/v1/keys", key)).IsProblem(403, "forbidden");
        (await silo.Send(HttpMethod.Delete, "/v1/keys/x", null, key)).IsProblem(403, "forbidden");
    }
}
