using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

public sealed class CreateTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    [Fact]
    public async Task A_new_execution_is_created_with_a_handle()
    {
        var got = await silo.Post("/v1/executions", """{"executionId":"new-1","workflow":"w"}""");

        got.Is(201);
        Assert.Equal(("new-1", "applied", "pending"), (got.String("executionId"), got.String("result"), got.String("status")));
        Assert.Equal((1, 1), (got["version"].GetInt32(), got["epoch"].GetInt32()));
        Assert.False(got.Body.TryGetProperty("token", out var token) && token.ValueKind != System.Text.Json.JsonValueKind.Null);
    }

    [Fact]
    public async Task The_same_facts_again_are_a_duplicate()
    {
        const string body = """{"executionId":"again-1","workflow":"w","labels":"""
            + """{"a":"1","b":"2"},"trigger":{"type":"schedule","by":"me"},"timeoutSeconds":5,"heartbeatTimeoutSeconds":null}""";
        (await silo.Post("/v1/executions", body)).Is(201);

        var again = await silo.Post("/v1/executions", body);

        Assert.Equal("duplicate", again.Is(200).String("result"));
    }

    [Fact]
    public async Task A_create_that_fills_unstated_facts_is_applied()
    {
        var id = silo.NewId();
        await silo.Report(id, """{"eventId":"e1","type":"log","message":"first"}""");

        var got = await silo.Post("/v1/executions", $$"""{"executionId":"{{id}}","workflow":"nightly"}""");

        Assert.Equal("applied", got.Is(200).String("result"));
        Assert.Equal("nightly", (await silo.Get($"/v1/executions/{id}")).String("workflow"));
    }

    [Fact]
    public async Task A_create_with_other_facts_is_a_conflict()
    {
        var id = await silo.Pending();

        (await silo.Post("/v1/executions", $$"""{"executionId":"{{id}}","workflow":"other"}""")).IsProblem(409, "conflict");
    }

    [Fact]
    public async Task A_traceparent_is_not_compared()
    {
        var id = await silo.Pending(""","traceparent":"00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01" """);

        var got = await silo.Post(
            "/v1/executions", $$"""{"executionId":"{{id}}","workflow":"w","traceparent":"00-cccccccccccccccccccccccccccccccc-bbbbbbbbbbbbbbbb-01"}""");

        Assert.Equal("duplicate", got.Is(200).String("result"));
    }

    [Fact]
    public async Task The_idempotency_key_becomes_the_id()
    {
        var id = silo.NewId("idem");
        var first = await silo.Post("/v1/executions", """{"workflow":"w"}""", SiloFixture.AdminKey, ("Idempotency-Key", id));
        var second = await silo.Post("/v1/executions", """{"workflow":"w"}""", SiloFixture.AdminKey, ("Idempotency-Key", id));

        Assert.Equal(id, first.Is(201).String("executionId"));
        Assert.Equal("duplicate", second.Is(200).String("result"));
    }

    [Fact]
    public async Task An_idempotency_key_that_is_not_a_valid_id_is_refused() =>
        (await silo.Post("/v1/executions", """{"workflow":"w"}""", SiloFixture.AdminKey, ("Idempotency-Key", "a b"))).IsProblem(400, "invalid_request");

    [Fact]
    public async Task Without_an_id_each_create_generates_one()
    {
        var first = await silo.Post("/v1/executions", """{"workflow":"w"}""");
        var second = await silo.Post("/v1/executions", """{"workflow":"w"}""");

        Assert.NotEqual(first.Is(201).String("executionId"), second.Is(201).String("executionId"));
        Assert.Matches("^[A-Za-z0-9._:-]{1,128}$", first.String("executionId"));
    }

    [Fact]
    public async Task A_create_with_a_start_is_running_and_has_a_token()
    {
        var got = await silo.Post(
            "/v1/executions", """{"executionId":"start-1","workflow":"w","start":{"workerId":"w1","incarnation":"i","at":"2026-11-21T03:00:00.000000Z"}}""");

        Assert.Equal("running", got.Is(201).String("status"));
        Assert.Equal(1, got["epoch"].GetInt32());
        Assert.NotEqual("", got.String("token"));
        Got.IsTime(got["tokenExpiresAt"]);
        Got.IsTime(got["leaseExpiresAt"]);
        Assert.Equal("2026-11-21T03:00:00.000000Z", (await silo.Get("/v1/executions/start-1")).String("startedAt"));
    }

    [Fact]
    public async Task The_same_start_again_has_the_same_epoch_and_a_token()
    {
        const string body = """{"executionId":"start-2","workflow":"w","start":{"workerId":"w1","incarnation":"i"}}""";
        (await silo.Post("/v1/executions", body)).Is(201);

        var again = await silo.Post("/v1/executions", body);

        Assert.Equal(1, again.Is(200)["epoch"].GetInt32());
        Assert.NotNull(again.String("token"));
    }

    [Fact]
    public async Task A_start_of_an_execution_that_another_worker_holds_is_already_claimed()
    {
        var (id, _) = await silo.Running();

        var got = await silo.Post("/v1/executions", $$$"""{"executionId":"{{{id}}}","workflow":"w","start":{"workerId":"w2"}}""");

        Assert.Equal("running", got.IsProblem(409, "already_claimed").String("executionStatus"));
    }

    [Fact]
    public async Task A_start_of_an_ended_execution_is_already_finished()
    {
        var (id, _) = await silo.Running();
        await silo.Report(id, """{"eventId":"end","type":"execution.completed","outcome":"success"}""");

        var got = await silo.Post("/v1/executions", $$$"""{"executionId":"{{{id}}}","workflow":"w","start":{"workerId":"w1","incarnation":"i1"}}""");

        got.IsProblem(409, "already_finished");
    }

    [Fact]
    public async Task Missing_fields_have_the_defaults()
    {
        var (id, _) = await silo.Running();

        var detail = await silo.Get($"/v1/executions/{id}");

        Assert.Equal(("default", "http", "admin"), (detail.String("namespace"), detail.String("triggerType"), detail.String("triggeredBy")));
        var lease = DateTimeOffset.Parse(detail.String("leaseExpiresAt")!, null) - DateTimeOffset.Parse(detail.String("lastContactAt")!, null);
        Assert.Equal(60, lease.TotalSeconds, 3);
    }

    [Fact]
    public async Task An_explicit_null_means_no_lease()
    {
        var (id, _) = await silo.Running(""","heartbeatTimeoutSeconds":null""");

        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await silo.Get($"/v1/executions/{id}"))["leaseExpiresAt"].ValueKind);
    }

    [Theory]
    [InlineData("""{"name":"n","preferred_username":"p","user_id":"u","sub":"s","email":"e@x"}""", "e@x")]
    [InlineData("""{"name":"n","preferred_username":"p","user_id":"u","sub":"s"}""", "s")]
    [InlineData("""{"name":"n","preferred_username":"p","user_id":"u"}""", "u")]
    [InlineData("""{"name":"n","preferred_username":"p"}""", "p")]
    [InlineData("""{"name":"n"}""", "n")]
    [InlineData("""{"other":"n","email":""}""", "the key")]
    public async Task TriggeredBy_is_taken_from_the_claims(string claims, string who)
    {
        var key = (await silo.Post("/v1/keys", $$"""{"name":"the key","role":"executor","namespaces":["*"],"claims":{{claims}}}""")).Is(201).String("key");
        var id = silo.NewId();
        (await silo.Post("/v1/executions", $$"""{"executionId":"{{id}}","workflow":"w"}""", key)).Is(201);

        Assert.Equal(who, (await silo.Get($"/v1/executions/{id}")).String("triggeredBy"));
    }

    [Fact]
    public async Task Unknown_properties_are_ignored() =>
        (await silo.Post("/v1/executions", """{"executionId":"unknown-props","workflow":"w","more":{"x":[1]},"start":{"workerId":"w","y":2}}""")).Is(201);

    [Theory]
    [InlineData("{}", "/workflow")]
    [InlineData("""{"workflow":null}""", "/workflow")]
    [InlineData("""{"workflow":7}""", "/workflow")]
    [InlineData("""{"workflow":""}""", "/workflow")]
    [InlineData("""{"workflow":"a\u0000b"}""", "/workflow")]
    [InlineData("""{"workflow":"\ud800"}""", "/workflow")]
    [InlineData("""{"workflow":"w","executionId":"a/b"}""", "/executionId")]
    [InlineData("""{"workflow":"w","executionId":""}""", "/executionId")]
    [InlineData("""{"workflow":"w","executionId":"."}""", "/executionId")]
    [InlineData("""{"workflow":"w","executionId":".."}""", "/executionId")]
    [InlineData("""{"workflow":"w","parentExecutionId":".."}""", "/parentExecutionId")]
    [InlineData("""{"workflow":"w","labels":{"a=b":"c"}}""", "/labels")]
    [InlineData("""{"workflow":"w","labels":{"":"c"}}""", "/labels")]
    [InlineData("""{"workflow":"w","heartbeatTimeoutSeconds":0}""", "/heartbeatTimeoutSeconds")]
    [InlineData("""{"workflow":"w","timeoutSeconds":-1}""", "/timeoutSeconds")]
    [InlineData("""{"workflow":"w","maxAttempts":0}""", "/maxAttempts")]
    [InlineData("""{"workflow":"w","labels":{"a":1}}""", "/labels")]
    [InlineData("""{"workflow":"w","labels":[]}""", "/labels")]
    [InlineData("""{"workflow":"w","trigger":{"type":3}}""", "/trigger/type")]
    [InlineData("""{"workflow":"w","trigger":"x"}""", "/trigger")]
    [InlineData("""{"workflow":"w","idempotent":"yes"}""", "/idempotent")]
    [InlineData("""{"workflow":"w","start":{}}""", "/start/workerId")]
    [InlineData("""{"workflow":"w","start":{"workerId":"w","at":"-0001-01-01T00:00:00Z"}}""", "/start/at")]
    [InlineData("""{"workflow":"w","start":{"workerId":"w","at":"9999-12-31T23:59:59Z"}}""", "/start/at")]
    public async Task S21_an_invalid_field_is_named(string body, string pointer) =>
        (await silo.Post("/v1/executions", body)).IsProblem(400, "invalid_request", pointer);

    [Fact]
    public async Task All_invalid_fields_are_named_at_once()
    {
        var got = (await silo.Post("/v1/executions", """{"maxAttempts":0,"timeoutSeconds":"x"}""")).IsProblem(400, "invalid_request");

        Assert.Equivalent(new[] { "/workflow", "/maxAttempts", "/timeoutSeconds" }, got.Words("errors", "pointer"));
    }

    [Fact]
    public async Task Names_and_labels_may_have_256_characters_of_any_Unicode()
    {
        var longest = new string('é', 254) + "😀";
        var got = await silo.Post(
            "/v1/executions",
            $$$"""{"executionId":"long-1","workflow":"{{{longest}}}","namespace":"{{{longest}}}","labels":{"{{{longest[..64]}}}":"{{{longest}}}"}}""");

        got.Is(201);
        Assert.Equal(longest, (await silo.Get("/v1/executions/long-1")).String("workflow"));
        (await silo.Post("/v1/executions", $$"""{"workflow":"{{longest}}xx"}""")).IsProblem(400, "invalid_request", "/workflow");
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    public async Task D10_A_path_segment_that_browsers_resolve_is_not_an_id(string id)
    {
        (await silo.Post("/v1/executions", """{"workflow":"w"}""", SiloFixture.AdminKey, ("Idempotency-Key", id))).IsProblem(400, "invalid_request");
        var got = await silo.Post("/v1/events", $$"""[{"executionId":"{{id}}","eventId":"1","type":"log","message":"m"}]""");
        Got.Same(["invalid_event"], got.Is(200).Words("results", "code"));
    }

    [Fact]
    public async Task D18_An_empty_id_is_refused_with_the_rule()
    {
        var got = (await silo.Post("/v1/executions", """{"workflow":"w","executionId":""}""")).IsProblem(400, "invalid_request", "/executionId");

        Got.Same(["must be 1 to 128 characters of [A-Za-z0-9._:-], but not . or .."], got.Words("errors", "message"));
    }

    [Fact]
    public async Task D18_A_33rd_label_is_an_invalid_request()
    {
        var labels = string.Join(',', Enumerable.Range(0, 33).Select(i => $"\"l{i}\":\"v\""));

        var got = (await silo.Post("/v1/executions", $$$"""{"workflow":"w","labels":{{{{labels}}}}}""")).IsProblem(400, "invalid_request", "/labels");

        Assert.Contains("at most 32 labels, was 33", got.String("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task D18_A_33rd_label_over_several_calls_is_an_invalid_request_and_in_an_event_over_the_limit()
    {
        var labels = string.Join(',', Enumerable.Range(0, 32).Select(i => $"\"l{i}\":\"v\""));
        var id = await silo.Pending($$""","labels":{{{labels}}}""");

        var again = await silo.Post("/v1/executions", $$$"""{"executionId":"{{{id}}}","workflow":"w","labels":{"l32":"v"}}""");
        Got.Same(["must be at most 32 labels in all, was 33"], again.IsProblem(400, "invalid_request", "/labels").Words("errors", "message"));
        Assert.Equal("/labels: must be at most 32 labels in all, was 33.", again.String("detail"));

        foreach (var type in (string[])["\"execution.started\"", "\"execution.completed\",\"outcome\":\"success\""])
        {
            var got = (await silo.Report(id, $$$"""{"eventId":"e","type":{{{type}}},"labels":{"l32":"v"}}""")).Is(200);
            Got.Same(["limit_exceeded"], got.Words("results", "code"));
            Got.Same(["/labels: must be at most 32 labels in all, was 33"], got.Words("results", "message"));
        }

        var batch = await silo.Post("/v1/events", $$$"""[{"executionId":"{{{id}}}","eventId":"e","type":"execution.started","labels":{"l32":"v"}}]""");
        Got.Same(["limit_exceeded"], batch.Is(200).Words("results", "code"));

        Assert.Equal(32, (await silo.Get($"/v1/executions/{id}")).Is(200)["labels"].EnumerateObject().Count());
        (await silo.Post("/v1/executions", $$$"""{"executionId":"{{{id}}}","workflow":"w","labels":{"l31":"v"}}""")).Is(200);
    }

    [Fact]
    public async Task D18_A_key_of_several_namespaces_must_name_one()
    {
        var (_, key) = await silo.NewKey("executor", "a", "b");

        var got = (await silo.Post("/v1/executions", """{"workflow":"w"}""", key)).IsProblem(403, "forbidden");

        Assert.Contains("name one of them in the field namespace", got.String("detail"), StringComparison.Ordinal);
        Assert.Equal(
            got.String("detail"),
            (await silo.Report(silo.NewId(), """{"eventId":"e","type":"log","message":"m"}""", key)).IsProblem(403, "forbidden").String("detail"));
    }

    [Fact]
    public async Task D08_A_label_may_be_empty()
    {
        var id = await silo.Pending(""","labels":{"empty-value":""}""");

        Got.Same([id], (await silo.Get("/v1/executions?label=empty-value=")).Is(200).Words("items", "executionId"));
        Got.Same([id], (await silo.Get("/v1/executions?label=empty-value:")).Is(200).Words("items", "executionId"));
    }

    [Fact]
    public async Task A_name_may_have_256_characters_outside_the_basic_plane() =>
        (await silo.Post("/v1/executions", $$"""{"workflow":"{{string.Concat(Enumerable.Repeat("😀", 256))}}"}""")).Is(201);

    [Fact]
    public async Task An_id_may_have_128_characters()
    {
        var id = new string('x', 120) + "A.9_:-zz";
        (await silo.Post("/v1/executions", $$"""{"executionId":"{{id}}","workflow":"w"}""")).Is(201);
        (await silo.Get($"/v1/executions/{id}")).Is(200);
        (await silo.Post("/v1/executions", $$"""{"executionId":"{{id}}1","workflow":"w"}""")).IsProblem(400, "invalid_request", "/executionId");
    }

    [Fact]
    public async Task A_claim_takes_a_pending_execution()
    {
        var id = await silo.Pending();

        var got = await silo.Post($"/v1/executions/{id}/claim", """{"workerId":"w1","incarnation":"i1"}""");

        Assert.Equal("claimed", got.Is(200).String("status"));
        Assert.NotNull(got.String("token"));
        var again = await silo.Post($"/v1/executions/{id}/claim", """{"workerId":"w1","incarnation":"i1"}""");
        Assert.Equal(1, again.Is(200)["epoch"].GetInt32());
        Assert.NotNull(again.String("token"));
    }

    [Fact]
    public async Task A_claim_of_an_execution_that_another_worker_holds_returns_its_status()
    {
        var id = await silo.Pending();
        await silo.Post($"/v1/executions/{id}/claim", """{"workerId":"w1"}""");

        var got = await silo.Post($"/v1/executions/{id}/claim", """{"workerId":"w2"}""");

        Assert.Equal("claimed", got.IsProblem(409, "already_claimed").String("executionStatus"));
    }

    [Fact]
    public async Task A_claim_of_an_ended_execution_is_already_finished()
    {
        var id = await silo.Pending();
        await silo.Post($"/v1/executions/{id}/cancel", "{}");

        (await silo.Post($"/v1/executions/{id}/claim", """{"workerId":"w2"}""")).IsProblem(409, "already_finished");
    }

    [Fact]
    public async Task A_claim_of_an_unknown_execution_is_unknown_execution() =>
        (await silo.Post("/v1/executions/nobody/claim", """{"workerId":"w"}""")).IsProblem(404, "unknown_execution");

    [Fact]
    public async Task A_claim_without_a_worker_is_refused() =>
        (await silo.Post("/v1/executions/nobody/claim", "{}")).IsProblem(400, "invalid_request", "/workerId");

    [Fact]
    public async Task A_paused_execution_may_be_claimed_by_any_worker_and_stays_paused()
    {
        var (id, _) = await silo.Running();
        await silo.Report(id, """{"eventId":"p","type":"execution.paused"}""");

        var got = await silo.Post($"/v1/executions/{id}/claim", """{"workerId":"w2"}""");

        Assert.Equal(("paused", 2), (got.Is(200).String("status"), got["epoch"].GetInt32()));
    }
}
