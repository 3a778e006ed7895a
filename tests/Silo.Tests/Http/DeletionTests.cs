using System.Text.Json;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>D22: deleting one execution.</summary>
public sealed class DeletionTests(DeletionTests.Silo silo) : IClassFixture<DeletionTests.Silo>
{
    private const string End = """{"eventId":"end","type":"execution.completed","outcome":"success","output":{"secret":1}}""";

    public sealed class Silo : ClockedSilo
    {
        protected override IEnumerable<string> Settings => ["--ExecutionGrains:Retention:Tombstones=24:00:00", "--ExecutionGrains:Auth:TokenLifetime=96:00:00"];
    }

    [Fact]
    public async Task D22_A_finished_execution_is_deleted_and_the_audit_records_the_deletion()
    {
        var (id, token) = await silo.Running(""","labels":{"who":"forgotten"}""");
        (await silo.Report(id, $$"""{"eventId":"s","type":"step.started","stepId":"s","block":"b"},{"eventId":"l","type":"log","message":"hello"},{{End}}"""))
            .Is(200);
        var before = (await silo.Get("/v1/stats?window=1h"))["byStatus"].GetProperty("succeeded").GetInt64();

        (await Delete(id)).Is(204);

        foreach (var path in (string[])["", "/steps", "/logs", "/history"])
        {
            (await silo.Get($"/v1/executions/{id}{path}")).IsProblem(404, "unknown_execution");
        }

        Assert.Empty((await silo.Get("/v1/executions?label=who=forgotten")).Items);
        (await Create(id)).IsProblem(409, "id_taken");
        var report = (await silo.Report(id, """{"eventId":"late","type":"log","message":"m"},{"type":"heartbeat"}""")).Is(200);
        Got.Same(["late", null], report.Words("results", "eventId"));
        Assert.All(report.Results, r => Assert.Equal(
            ("rejected", "unknown_execution", false), (Word(r, "result"), Word(r, "code"), r.GetProperty("retryable").GetBoolean())));
        Assert.Equal(JsonValueKind.Null, report["status"].ValueKind);
        Assert.True(report["control"].GetProperty("stop").GetBoolean());
        (await silo.Report(id, """{"eventId":"late","type":"log","message":"m"}""", token)).IsProblem(401, "token_invalid");
        var result = Assert.Single(
            (await silo.Post("/v1/events", $$"""[{"executionId":"{{id}}","eventId":"late","type":"log","message":"m"}]""")).Is(200).Results);
        Assert.Equal(("rejected", "unknown_execution"), (result.GetProperty("result").GetString(), result.GetProperty("code").GetString()));
        (await silo.Post($"/v1/executions/{id}/claim", """{"workerId":"w"}""")).IsProblem(404, "unknown_execution");
        (await Delete(id)).IsProblem(404, "unknown_execution");

        var audit = Assert.Single((await silo.Get($"/v1/audit?executionId={id}")).Is(200).Items);
        Assert.Equal(("delete", "admin"), (audit.GetProperty("action").GetString(), audit.GetProperty("by").GetString()));
        Assert.Equal(before, (await silo.Get("/v1/stats?window=1h"))["byStatus"].GetProperty("succeeded").GetInt64());
    }

    [Fact]
    public async Task D22_An_unfinished_execution_or_one_on_legal_hold_is_not_deleted()
    {
        var (running, _) = await silo.Running();
        (await Delete(running)).IsProblem(409, "not_finished");
        Assert.Equal("running", (await Delete(running)).String("executionStatus"));

        var held = await Ended(""","labels":{"legal-hold":"case 7"}""");
        (await Delete(held)).IsProblem(409, "legal_hold");
        (await Delete(await Ended(""","labels":{"legal-hold":"False"}"""))).Is(204);

        var later = await Ended();
        (await silo.Post("/v1/executions", $$$"""{"executionId":"{{{later}}}","workflow":"w","labels":{"legal-hold":""}}""")).Is(200);
        (await Delete(later)).IsProblem(409, "legal_hold");
    }

    [Fact]
    public async Task D22_Only_an_admin_of_its_namespace_may_delete_an_execution()
    {
        var id = await Ended();
        (await silo.Send(HttpMethod.Delete, $"/v1/executions/{id}", null, (await silo.NewKey("executor")).Key)).IsProblem(403, "forbidden");
        (await silo.Send(HttpMethod.Delete, $"/v1/executions/{id}", null, (await silo.NewKey("admin", "elsewhere")).Key)).IsProblem(404, "unknown_execution");
        (await silo.Send(HttpMethod.Delete, "/v1/executions/..%2f", null, SiloFixture.AdminKey)).Is(400);
        (await silo.Get($"/v1/executions/{id}")).Is(200);
    }

    [Fact]
    public async Task D22_An_id_may_be_reused_after_its_tombstone_expires()
    {
        var id = await Ended();
        (await Delete(id)).Is(204);
        (await Create(id)).IsProblem(409, "id_taken");

        silo.Clock.JumpWallClock(TimeSpan.FromHours(25));
        await silo.PassAsync(TimeSpan.FromSeconds(2));

        (await Create(id)).Is(201);
    }

    private static string? Word(JsonElement of, string name) => of.GetProperty(name).GetString();

    private Task<Got> Delete(string id) => silo.Send(HttpMethod.Delete, $"/v1/executions/{id}", null, SiloFixture.AdminKey);

    private Task<Got> Create(string id) => silo.Post("/v1/executions", $$"""{"executionId":"{{id}}","workflow":"w"}""");

    private async Task<string> Ended(string extra = "")
    {
        var (id, _) = await silo.Running(extra);
        (await silo.Report(id, End)).Is(200);
        return id;
    }
}
