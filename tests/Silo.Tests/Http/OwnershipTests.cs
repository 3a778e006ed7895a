using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>What executors may do to their own executions, and what operators may do to all.</summary>
public sealed class OwnershipTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    [Fact]
    public async Task An_executor_can_cancel_and_requeue_only_executions_that_its_key_created_or_claimed()
    {
        var (_, scheduler) = await silo.NewKey("executor");
        var (_, worker) = await silo.NewKey("executor");
        var (_, stranger) = await silo.NewKey("executor");
        var id = silo.NewId();
        (await silo.Post("/v1/executions", $$"""{"executionId":"{{id}}","workflow":"w","maxAttempts":9}""", scheduler)).Is(201);
        (await silo.Post($"/v1/executions/{id}/claim", """{"workerId":"w1"}""", worker)).Is(200);

        foreach (var call in new[] { "cancel", "requeue" })
        {
            (await silo.Post($"/v1/executions/{id}/{call}", "{}", stranger)).IsProblem(403, "forbidden");
        }

        (await silo.Post($"/v1/executions/{id}/cancel", "{}", scheduler)).Is(202);
        (await silo.Post($"/v1/executions/{id}/cancel", "{}", worker)).Is(200);
        (await silo.Report(id, """{"eventId":"end","type":"execution.completed","outcome":"fail"}""", worker)).Is(200);
        (await silo.Post($"/v1/executions/{id}/requeue", "{}", stranger)).IsProblem(403, "forbidden");
        (await silo.Post($"/v1/executions/{id}/requeue", "{}", worker)).Is(200);
        (await silo.Post($"/v1/executions/{id}/cancel", "{}", worker)).Is(200);
        (await silo.Post($"/v1/executions/{id}/requeue", "{}", scheduler)).Is(200);
        // Without the setting any executor may report on any execution.
        (await silo.Report(id, """{"epoch":3,"eventId":"x","type":"log","message":"m"}""", stranger)).Is(200);
        (await silo.Post($"/v1/executions/{id}/resolve", """{"resolution":"ignored"}""", worker)).IsProblem(403, "forbidden");
    }

    [Fact]
    public async Task An_operator_can_cancel_requeue_and_pause_the_janitor_but_not_create_report_or_manage_keys()
    {
        var (_, key) = await silo.NewKey("operator");
        var (id, _) = await silo.Running();

        (await silo.Post("/v1/executions", """{"workflow":"w"}""", key)).IsProblem(403, "forbidden");
        (await silo.Post($"/v1/executions/{id}/claim", """{"workerId":"w2"}""", key)).IsProblem(403, "forbidden");
        (await silo.Report(id, """{"eventId":"x","type":"log","message":"m"}""", key)).IsProblem(403, "forbidden");
        (await silo.Get("/v1/keys", key)).IsProblem(403, "forbidden");
        (await silo.Get($"/v1/executions/{id}", key)).Is(200);
        (await silo.Post($"/v1/executions/{id}/cancel", "{}", key)).Is(202);
        (await silo.Post($"/v1/executions/{id}/resolve", """{"resolution":"ignored"}""", key)).IsProblem(409, "not_lost");
        (await silo.Post("/v1/janitor/pause", "{}", key)).Is(200);
        (await silo.Post("/v1/janitor/resume", "{}", key)).Is(200);
    }
}

/// <summary>With <c>Auth__ExecutorsOwnOnly</c>.</summary>
public sealed class OwnOnlyTests(OwnOnlySilo silo) : IClassFixture<OwnOnlySilo>
{
    [Fact]
    public async Task An_executor_can_report_only_on_executions_that_its_key_created_or_claimed()
    {
        var (_, owner) = await silo.NewKey("executor");
        var (_, stranger) = await silo.NewKey("executor");
        var (id, token) = await silo.Running(key: owner);
        const string line = """{"eventId":"x","type":"log","message":"m"}""";

        (await silo.Report(id, line, stranger)).IsProblem(403, "forbidden");
        var batch = await silo.Post("/v1/events", $$"""[{"executionId":"{{id}}","eventId":"x","type":"log","message":"m"}]""", stranger);
        Got.Same(["forbidden"], batch.Is(200).Words("results", "code"));
        Got.Same(["applied"], (await silo.Report(id, line, owner)).Is(200).Words("results", "result"));
        Got.Same(["duplicate"], (await silo.Report(id, line, token)).Is(200).Words("results", "result"));
        Got.Same(["duplicate"], (await silo.Report(id, line)).Is(200).Words("results", "result"));
        // The name of its worker, which every reader knows, gives no access.
        (await silo.Post($"/v1/executions/{id}/claim", """{"workerId":"w1"}""", stranger)).IsProblem(409, "already_claimed");
        var start = $$$"""{"executionId":"{{{id}}}","workflow":"w","start":{"workerId":"w1"}}""";
        (await silo.Post("/v1/executions", start, stranger)).IsProblem(409, "already_claimed");
        (await silo.Post($"/v1/executions/{id}/claim", """{"workerId":"w1","incarnation":"i1"}""", owner)).Is(200);
        // The key that creates an execution by reporting owns it.
        var own = silo.NewId();
        (await silo.Report(own, line, stranger)).Is(200);
        (await silo.Report(own, line, owner)).IsProblem(403, "forbidden");
    }
}

public sealed class OwnOnlySilo : SiloFixture
{
    protected override IEnumerable<string> Settings => ["--ExecutionGrains:Auth:ExecutorsOwnOnly=true"];
}
