using System.Text.Json;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

public sealed class LostTests(ClockedSilo silo) : IClassFixture<ClockedSilo>
{
    [Fact]
    public async Task A_lost_execution_shows_what_it_was_doing()
    {
        var (id, token) = await silo.Running(""","heartbeatTimeoutSeconds":1""");
        await silo.Report(id, """{"eventId":"1","type":"step.started","stepId":"s1","block":"extract"}""", token);
        await silo.PassAsync(TimeSpan.FromSeconds(20));

        var got = (await silo.Get($"/v1/executions/{id}")).Is(200);

        Assert.Equal(("lost", "lost_after_start", "lost"), (got.String("status"), got.String("cause"), got.String("finalizationPath")));
        Assert.Equal("extract", got["diagnostics"].GetProperty("lastStartedBlock").GetProperty("block").GetString());
        Assert.Equal("w1", got.String("workerId"));
        Got.Same(["lost"], (await silo.Get($"/v1/executions/{id}/steps")).Words("items", "status"));
        Got.Same([id], (await silo.Get($"/v1/executions?status=lost&q={id}")).Words("items", "executionId"));
    }

    [Fact]
    public async Task A_lost_execution_is_resolved_beside_its_status()
    {
        var (id, _) = await silo.Lost();

        var got = await silo.Post($"/v1/executions/{id}/resolve", """{"resolution":"recovered","reason":"its rows are there"}""");

        Assert.Equal("lost", got.Is(200).String("status"));
        var read = await silo.Get($"/v1/executions/{id}");
        Assert.Equal("lost", read.String("status"));
        var said = read["resolution"];
        Assert.Equal(
            ("recovered", "its rows are there", "admin"),
            (said.GetProperty("resolution").GetString(), said.GetProperty("reason").GetString(), said.GetProperty("by").GetString()));
        Got.IsTime(said.GetProperty("at"));
        Got.Same([id], (await silo.Get($"/v1/executions?resolution=recovered&q={id}")).Words("items", "executionId"));
        Assert.Contains(
            (await silo.Get("/v1/audit?limit=1000")).Items,
            a => a.GetProperty("executionId").GetString() == id && a.GetProperty("action").GetString() == "resolve");
    }

    [Fact]
    public async Task A_lost_execution_is_requeued_whatever_its_attempts_and_fences_its_old_worker()
    {
        var (id, token) = await silo.Lost();

        var got = await silo.Post($"/v1/executions/{id}/requeue", """{"reason":"the node is back"}""");

        Assert.Equal(("pending", 2), (got.Is(200).String("status"), got["epoch"].GetInt32()));
        Assert.False(got.Body.TryGetProperty("token", out var none) && none.ValueKind != JsonValueKind.Null);
        (await silo.Post($"/v1/executions/{id}/requeue", "{}")).IsProblem(409, "not_requeueable");
        (await silo.Post($"/v1/executions/{id}/resolve", """{"resolution":"failed"}""")).IsProblem(409, "not_lost");
        var claimed = (await silo.Post($"/v1/executions/{id}/claim", """{"workerId":"w2"}""")).Is(200);
        Assert.Equal(2, claimed["epoch"].GetInt32());
        var stale = (await silo.Report(id, """{"eventId":"old","type":"execution.completed","outcome":"success"}""", token)).Is(200);
        Got.Same(["stale_epoch"], stale.Words("results", "code"));
        var ended = await silo.Post(
            $"/v1/executions/{id}/events",
            """{"epoch":2,"events":[{"eventId":"new","type":"execution.completed","outcome":"success"}]}""",
            claimed.String("token"));
        Got.Same(["applied"], ended.Is(200).Words("results", "result"));
        Got.Same(["lost", "succeeded"], (await silo.Get($"/v1/executions/{id}")).Words("epochs", "status"));
    }

    [Fact]
    public async Task A_succeeded_execution_can_be_neither_resolved_nor_requeued()
    {
        var (id, _) = await silo.Running();
        await silo.Report(id, """{"eventId":"e","type":"execution.completed","outcome":"success"}""");

        (await silo.Post($"/v1/executions/{id}/resolve", """{"resolution":"ignored"}""")).IsProblem(409, "not_lost");
        (await silo.Post($"/v1/executions/{id}/requeue", "{}")).IsProblem(409, "not_requeueable");
    }

    [Fact]
    public async Task Events_after_lost_are_late_and_kept_as_evidence()
    {
        var (id, token) = await silo.Lost();

        var got = await silo.Report(id, """{"eventId":"e","type":"execution.completed","outcome":"success"}""", token);

        Got.Same(["late"], got.Is(200).Words("results", "result"));
        Assert.True(got["control"].GetProperty("stop").GetBoolean());
        var read = await silo.Get($"/v1/executions/{id}");
        Assert.Equal("lost", read.String("status"));
        Got.Same(["e"], read.Words("evidence", "eventId"));
    }
}
