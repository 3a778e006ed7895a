using System.Text.Json;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>D22: order and filters of lists, steps, history and audit, and the caller's own key.</summary>
public sealed class OrderTests(ClockedSilo silo) : IClassFixture<ClockedSilo>
{
    private const string Fail = """{"eventId":"end","type":"execution.completed","outcome":"fail","output":[1]}""";

    [Fact]
    public async Task D22_Figures_by_status_equal_the_list_of_epochs_that_ended_in_the_same_window()
    {
        const string Key = ""","maxAttempts":3,"namespace":"figures" """;
        var (once, _) = await silo.Running(Key);
        var (twice, _) = await silo.Running(Key);
        await silo.Report(once, Fail);
        await silo.Report(twice, Fail);
        await silo.PassAsync(TimeSpan.FromMinutes(3));
        (await silo.Post($"/v1/executions/{twice}/requeue", "{}")).Is(200);
        (await silo.Post($"/v1/executions/{twice}/claim", """{"workerId":"w2"}""")).Is(200);
        (await silo.Post($"/v1/executions/{twice}/events", """{"epoch":2,"events":[{"eventId":"end","type":"execution.completed","outcome":"success"}]}"""))
            .Is(200);
        var (third, _) = await silo.Running(Key);
        await silo.Report(third, Fail);

        foreach (var window in (string[])["1m", "2m", "1h"])
        {
            var stats = (await silo.Get($"/v1/stats?namespace=figures&window={window}")).Is(200);
            foreach (var status in (string[])["succeeded", "failed", "lost", "cancelled"])
            {
                var list = await silo.Get($"/v1/executions?namespace=figures&epochStatus={status}&epochEndedAfter={stats.String("since")}");
                Assert.Equal(stats["byStatus"].GetProperty(status).GetInt64(), list.Is(200).Items.Length);
            }
        }

        const string Failed = "/v1/executions?namespace=figures&epochStatus=failed&epochCause=reported&status=succeeded&status=failed";
        Got.Same([twice, once], (await silo.Get($"{Failed}&epochEndedBefore={At(third)}")).Words("items", "executionId"));
        Got.Same([twice], (await silo.Get("/v1/executions?namespace=figures&epochStatus=failed&status=succeeded")).Words("items", "executionId"));
        (await silo.Get("/v1/executions?epochStatus=perhaps")).IsProblem(400, "invalid_parameter", "/epochStatus");

        string At(string id) => Uri.EscapeDataString(silo.Get($"/v1/executions/{id}").Result.String("createdAt")!);
    }

    [Fact]
    public async Task D22_A_list_is_sorted_by_start_end_or_duration()
    {
        const string Key = ""","namespace":"sorted" """;
        string[] ends = ["2026-01-01T00:00:50Z", "2026-01-01T00:00:20Z", "2026-01-01T00:00:30Z"];
        string[] starts = ["2026-01-01T00:00:40Z", "2026-01-01T00:00:01Z", "2026-01-01T00:00:25Z"];
        var ids = new string[3];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = await silo.Pending(Key);
            await silo.Report(ids[i], $$"""{"eventId":"s","type":"execution.started","at":"{{starts[i]}}"}""");
            await silo.Report(ids[i], $$"""{"eventId":"e","type":"execution.completed","outcome":"success","at":"{{ends[i]}}"}""");
        }

        await silo.Pending(Key);

        await Sorted("started", 0, 2, 1);
        await Sorted("ended", 0, 2, 1);
        await Sorted("duration", 1, 0, 2);
        Assert.Equal(4, (await silo.Get("/v1/executions?namespace=sorted&sort=created")).Is(200).Items.Length);
        (await silo.Get("/v1/executions?sort=name")).IsProblem(400, "invalid_parameter", "/sort");
        var cursor = Uri.EscapeDataString((await silo.Get("/v1/executions?namespace=sorted&sort=ended&limit=1")).String("nextCursor")!);
        Got.Same([ids[2]], (await silo.Get($"/v1/executions?namespace=sorted&sort=ended&limit=1&cursor={cursor}")).Words("items", "executionId"));
        (await silo.Get($"/v1/executions?namespace=sorted&sort=started&limit=1&cursor={cursor}")).IsProblem(400, "invalid_parameter", "/cursor");

        async Task Sorted(string sort, params int[] order) =>
            Got.Same([.. order.Select(i => ids[i])], (await silo.Get($"/v1/executions?namespace=sorted&sort={sort}")).Is(200).Words("items", "executionId"));
    }

    [Fact]
    public async Task D22_Steps_and_history_come_in_either_order_and_without_payloads()
    {
        var (id, _) = await silo.Running(""","explicitTrace":true""");
        await silo.Report(id, """
            {"eventId":"1","type":"step.started","stepId":"a","block":"x","input":{"n":1}},
            {"eventId":"2","type":"step.started","stepId":"b","block":"y","parentStepId":"a"},
            {"eventId":"3","type":"step.completed","stepId":"b","outcome":"fail","output":[2]},
            {"eventId":"4","type":"step.completed","stepId":"c","outcome":"success","parentStepId":"a"}
            """);
        await silo.Report(id, Fail);

        Got.Same(["c", "b", "a"], (await silo.Get($"/v1/executions/{id}/steps?order=desc")).Words("items", "stepId"));
        Got.Same(["b"], (await silo.Get($"/v1/executions/{id}/steps?status=failed&parent=a")).Words("items", "stepId"));
        Got.Same(["c", "b"], (await silo.Get($"/v1/executions/{id}/steps?parent=a&order=desc")).Words("items", "stepId"));
        Assert.Equal(1, (await silo.Get($"/v1/executions/{id}/steps")).Items[0].GetProperty("input").GetProperty("n").GetInt32());
        Assert.All(
            (await silo.Get($"/v1/executions/{id}/steps?payloads=false")).Items,
            s => Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (s.GetProperty("input").ValueKind, s.GetProperty("output").ValueKind)));
        (await silo.Get($"/v1/executions/{id}/steps?payloads=perhaps")).IsProblem(400, "invalid_parameter", "/payloads");
        (await silo.Get($"/v1/executions/{id}/steps?status=open")).IsProblem(400, "invalid_parameter", "/status");
        Assert.Equal(JsonValueKind.Array, (await silo.Get($"/v1/executions/{id}"))["output"].ValueKind);
        Assert.Equal(JsonValueKind.Null, (await silo.Get($"/v1/executions/{id}?payloads=false"))["output"].ValueKind);
        var history = (await silo.Get($"/v1/executions/{id}/history")).Items.Select(h => h.GetProperty("sequence").GetInt64()).ToArray();
        Assert.Equal(history.Reverse(), (await silo.Get($"/v1/executions/{id}/history?order=desc")).Items.Select(h => h.GetProperty("sequence").GetInt64()));
        (await silo.Get($"/v1/executions/{id}/history?order=up")).IsProblem(400, "invalid_parameter", "/order");
    }

    [Theory]
    [InlineData("""{"eventId":"e","type":"step.started","stepId":"s","block":"b","workflow":"named","namespace":"own"}""", "named")]
    [InlineData("""{"eventId":"e","type":"step.completed","stepId":"s","outcome":"success","workflow":"named","namespace":"own"}""", "named")]
    [InlineData("""{"eventId":"e","type":"log","message":"m","workflow":"named","namespace":"own"}""", "named")]
    [InlineData("""{"type":"heartbeat","workflow":"named","namespace":"own"}""", "named")]
    [InlineData("""{"type":"heartbeat","workflow":7,"namespace":"own"}""", "unknown")]
    [InlineData("""{"eventId":"e","type":"execution.paused","workflow":"named","namespace":"own"}""", "named")]
    [InlineData("""{"eventId":"e","type":"execution.resumed","workflow":"named","namespace":"own"}""", "named")]
    [InlineData("""{"eventId":"e","type":"execution.started","workflow":"named","namespace":"own"}""", "named")]
    [InlineData("""{"eventId":"e","type":"execution.completed","outcome":"success","workflow":"named","namespace":"own"}""", "named")]
    public async Task D22_Every_event_may_have_workflow_and_namespace(string @event, string workflow)
    {
        var id = silo.NewId();
        Assert.Equal("applied", (await silo.Report(id, @event)).Is(200).Results[0].GetProperty("result").GetString());

        var made = (await silo.Get($"/v1/executions/{id}")).Is(200);
        Assert.Equal((workflow, "own"), (made.String("workflow"), made.String("namespace")));
        Got.Same([id], [.. (await silo.Get($"/v1/executions?workflow={workflow}&namespace=own")).Words("items", "executionId").Where(found => found == id)]);
    }

    [Fact]
    public async Task D22_An_event_that_names_another_workflow_or_namespace_is_a_conflict()
    {
        var (id, _) = await silo.Running();
        var results = (await silo.Report(id, """
            {"eventId":"1","type":"log","message":"m","workflow":"other"},{"eventId":"2","type":"step.started","stepId":"s","block":"b","namespace":"other"},
            {"type":"heartbeat","workflow":"other"},{"eventId":"3","type":"log","message":"m","workflow":"w"},{"eventId":"3","type":"log","message":"m"},
            {"eventId":"4","type":"log","message":"m","workflow":""}
            """)).Is(200).Results;
        Got.Same(["conflict", "conflict", "conflict", null, "conflict", "invalid_event"], [.. results.Select(r => r.GetProperty("code").GetString())]);
        Assert.Equal("w", (await silo.Get($"/v1/executions/{id}")).String("workflow"));
    }

    [Fact]
    public async Task D22_The_audit_is_filtered_by_author_action_target_and_time()
    {
        var (id, other) = (await silo.Pending(), await silo.Pending());
        await silo.Post($"/v1/executions/{id}/cancel", "{}");
        await silo.PassAsync(TimeSpan.FromSeconds(4));
        await silo.Post($"/v1/executions/{other}/cancel", "{}");
        var (first, second) = (At(id), At(other));

        Got.Same([other, id], [.. (await silo.Get("/v1/audit?action=cancel&by=admin")).Words("items", "executionId").Where(e => e == id || e == other)]);
        Got.Same([id], (await silo.Get($"/v1/audit?executionId={id}")).Words("items", "executionId"));
        Assert.Empty((await silo.Get($"/v1/audit?executionId={id}&action=requeue")).Items);
        Assert.DoesNotContain(id, (await silo.Get($"/v1/audit?from={await second}")).Words("items", "executionId"));
        Assert.DoesNotContain(other, (await silo.Get($"/v1/audit?to={await second}")).Words("items", "executionId"));
        Assert.Contains(id, (await silo.Get($"/v1/audit?from={await first}")).Words("items", "executionId"));
        (await silo.Get("/v1/audit?from=yesterday")).IsProblem(400, "invalid_parameter", "/from");

        async Task<string> At(string of) => Uri.EscapeDataString((await silo.Get($"/v1/executions/{of}"))["cancel"].GetProperty("requestedAt").GetString()!);
    }

    [Fact]
    public async Task D22_A_key_can_read_its_own_permissions()
    {
        var me = (await silo.Get("/v1/me")).Is(200);
        Assert.Equal(("admin", JsonValueKind.Null), (me.String("role"), me["expiresAt"].ValueKind));
        Assert.Equal("*", me["namespaces"][0].GetString());
        var made = await silo.Post("/v1/keys", """{"name":"ci","role":"viewer","namespaces":["a","b"],"expiresAt":"2099-01-02T03:04:05.123456Z"}""");
        var theirs = (await silo.Get("/v1/me", made.Is(201).String("key"))).Is(200);
        Assert.Equal(
            (made.String("keyId"), "ci", "viewer", "2099-01-02T03:04:05.123456Z"),
            (theirs.String("keyId"), theirs.String("name"), theirs.String("role"), theirs.String("expiresAt")));
        Assert.Equal(["a", "b"], theirs["namespaces"].EnumerateArray().Select(n => n.GetString()!));
        (await silo.Get("/v1/me", null)).IsProblem(401, "unauthorized");
    }
}
