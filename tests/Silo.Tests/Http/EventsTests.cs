using System.Text.Json;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

public sealed class EventsTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    [Fact]
    public async Task Every_event_has_its_own_answer_in_order()
    {
        var (id, _) = await silo.Running();

        var got = await silo.Report(id, """
            {"eventId":"a","type":"step.started","stepId":"s1","block":"b"},
            {"eventId":"b","type":"step.started","block":"b"},
            {"eventId":"c","type":"nonsense"},
            {"eventId":"d","type":"log"},
            {"type":"heartbeat"},
            {"eventId":"a","type":"step.started","stepId":"s1","block":"b"},
            7
            """);

        got.Is(200);
        Assert.Equal(id, got.String("executionId"));
        Assert.Equal("running", got.String("status"));
        Got.Same(["a", "b", "c", "d", null, "a", null], got.Words("results", "eventId"));
        Got.Same(["applied", "rejected", "rejected", "rejected", "applied", "duplicate", "rejected"], got.Words("results", "result"));
        Got.Same([null, "missing_step_id", "unknown_type", "invalid_event", null, null, "invalid_event"], got.Words("results", "code"));
        Assert.All(got.Results, r => Assert.False(r.GetProperty("retryable").GetBoolean()));
        var control = got["control"];
        Assert.False(control.GetProperty("cancelRequested").GetBoolean());
        Assert.False(control.GetProperty("stop").GetBoolean());
        Assert.Equal(JsonValueKind.Null, control.GetProperty("cancelReason").ValueKind);
        Got.IsTime(got["leaseExpiresAt"]);
    }

    [Fact]
    public async Task S01_events_of_an_unknown_execution_create_it()
    {
        var id = silo.NewId();

        var got = await silo.Report(id, """{"eventId":"e","type":"step.completed","stepId":"s","outcome":"success"}""");

        Got.Same(["applied"], got.Is(200).Words("results", "result"));
        Assert.Equal("unknown", (await silo.Get($"/v1/executions/{id}")).String("workflow"));
    }

    [Fact]
    public async Task No_events_are_accepted_and_none_without_an_execution_get_a_clear_answer()
    {
        var (id, _) = await silo.Running();

        Assert.Empty((await silo.Report(id, "")).Is(200).Results);
        (await silo.Report("nobody-yet", "")).IsProblem(404, "unknown_execution");
    }

    [Theory]
    [InlineData("""{"eventId":5,"type":"log","message":"m"}""")]
    [InlineData("""{"type":"log","message":"m"}""")]
    [InlineData("""{"eventId":"","type":"log","message":"m"}""")]
    [InlineData("""{"eventId":"e","type":5}""")]
    [InlineData("""{"eventId":"e"}""")]
    [InlineData("""{"eventId":"e","type":"log","message":{}}""")]
    [InlineData("""{"eventId":"e","type":"log","message":"m","level":"loud"}""")]
    [InlineData("""{"eventId":"e","type":"log","message":"m","at":12}""")]
    [InlineData("""{"eventId":"e","type":"log","message":"m","at":"yesterday"}""")]
    [InlineData("""{"eventId":"e","type":"log","message":"m","at":"-0001-01-01T00:00:00Z"}""")]
    [InlineData("""{"eventId":"e","type":"log","message":"m","at":"9999-12-31T23:59:59.999999Z"}""")]
    [InlineData("""{"eventId":"e","type":"log","message":"\udc00"}""")]
    [InlineData("""{"eventId":"\ud800","type":"log","message":"m"}""")]
    [InlineData("""{"\ud800":1,"eventId":"e","type":"log","message":"m"}""")]
    [InlineData("""{"eventId":"e","type":"execution.completed","outcome":"maybe"}""")]
    [InlineData("""{"eventId":"e","type":"execution.completed"}""")]
    [InlineData("""{"eventId":"e","type":"execution.completed","outcome":"success","cost":-1}""")]
    [InlineData("""{"eventId":"e","type":"execution.completed","outcome":"success","cost":1e400}""")]
    [InlineData("""{"eventId":"e","type":"execution.started","labels":3}""")]
    [InlineData("""{"eventId":"e","type":"execution.started","workerId":[]}""")]
    [InlineData("""{"eventId":"e","type":"step.started","stepId":"s"}""")]
    [InlineData("""{"eventId":"e","type":"step.started","stepId":7,"block":"b"}""")]
    [InlineData("""{"eventId":"e","type":"step.completed","stepId":"s","outcome":"success","memoryBytes":1.5}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"x\"")]
    public async Task S21_a_field_of_the_wrong_kind_refuses_that_event_only(string bad)
    {
        var (id, _) = await silo.Running();

        var got = await silo.Report(id, bad + """,{"eventId":"good","type":"log","message":"after"}""");

        Got.Same(["rejected", "applied"], got.Is(200).Words("results", "result"));
        Assert.Equal("invalid_event", got.Words("results", "code")[0]);
        Assert.NotNull(got.Words("results", "message")[0]);
        (await silo.Get($"/v1/executions/{id}")).Is(200);
    }

    [Theory]
    [InlineData("""{"eventId":"e","type":"log"}""", "invalid_event")]
    [InlineData("""{"eventId":"e","type":"step.started","block":"b"}""", "missing_step_id")]
    [InlineData("""{"eventId":"e","type":"what"}""", "unknown_type")]
    [InlineData("7", "invalid_event")]
    public async Task A_bad_event_of_an_unknown_execution_is_refused_with_its_own_code(string bad, string code)
    {
        var id = silo.NewId();

        Got.Same([code], (await silo.Report(id, bad)).Is(200).Words("results", "code"));
    }

    [Fact]
    public async Task A_rejected_event_does_not_use_up_its_id()
    {
        var (id, _) = await silo.Running();
        await silo.Report(id, """{"eventId":"e","type":"log"}""");

        Got.Same(["applied"], (await silo.Report(id, """{"eventId":"e","type":"log","message":"m"}""")).Words("results", "result"));
    }

    [Fact]
    public async Task Unknown_properties_of_an_event_are_ignored()
    {
        var (id, _) = await silo.Running();

        var got = await silo.Report(id, """{"eventId":"e","type":"log","message":"m","stepid":4,"novel":{"a":[null]},"outcome":12}""");

        Got.Same(["applied"], got.Is(200).Words("results", "result"));
    }

    [Theory]
    [InlineData("42")]
    [InlineData("\"x\"")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("[1,2]")]
    [InlineData("""{"a":{"b":null}}""")]
    [InlineData("1.50")]
    [InlineData("1e400")]
    [InlineData("\"\\u0000\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("""{"\ud800":"\udc00"}""")]
    public async Task S18_an_output_of_any_kind_is_returned_unchanged(string output)
    {
        var (id, _) = await silo.Running(""","explicitTrace":true""");

        var got = await silo.Report(id, $$"""
            {"eventId":"s","type":"step.completed","stepId":"s1","block":"b","outcome":"success","input":{{output}},"output":{{output}}},
            {"eventId":"e","type":"execution.completed","outcome":"success","output":{{output}}}
            """);

        Got.Same(["applied", "applied"], got.Is(200).Words("results", "result"));
        Assert.Equal(output, (await silo.Get($"/v1/executions/{id}")).Is(200)["output"].GetRawText());
        Assert.Equal(output, (await silo.Get($"/v1/executions/{id}/steps")).Is(200).Items[0].GetProperty("output").GetRawText());
    }

    [Fact]
    public async Task Step_inputs_are_kept_only_with_the_trace_header()
    {
        const string step = """{"eventId":"s","type":"step.started","stepId":"s1","block":"b","input":{"a":1}}""";
        var (plain, traced) = (silo.NewId(), silo.NewId());

        (await silo.Report(plain, step)).Is(200);
        (await silo.Post($"/v1/executions/{traced}/events", $$"""{"events":[{{step}}]}""", SiloFixture.AdminKey, ("X-Workflow-Trace", "true"))).Is(200);

        Assert.Equal(JsonValueKind.Null, (await silo.Get($"/v1/executions/{plain}/steps")).Items[0].GetProperty("input").ValueKind);
        Assert.Equal("""{"a":1}""", (await silo.Get($"/v1/executions/{traced}/steps")).Items[0].GetProperty("input").GetRawText());
    }

    [Fact]
    public async Task S20_a_long_input_is_returned_as_cut_text()
    {
        var (id, _) = await silo.Running(""","explicitTrace":true""");
        await silo.Report(id, $$$"""{"eventId":"s","type":"step.started","stepId":"s1","block":"b","input":{"a":"{{{new string('é', 10_000)}}}"}}""");

        var input = (await silo.Get($"/v1/executions/{id}/steps")).Items[0].GetProperty("input").GetString();

        Assert.EndsWith("[truncated]", input, StringComparison.Ordinal);
        Assert.StartsWith("""{"a":"é""", input, StringComparison.Ordinal);
        Assert.True(System.Text.Encoding.UTF8.GetByteCount(input!) <= 10_240);
    }

    [Theory]
    [InlineData("""{"events":{}}""")]
    [InlineData("""{"events":null}""")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("")]
    [InlineData("""{"events":[],}""")]
    [InlineData("""{"events":[]} trailing""")]
    public async Task A_body_without_an_array_of_events_is_malformed(string body) =>
        (await silo.Post("/v1/executions/x/events", body)).IsProblem(400, "malformed");

    [Theory]
    [InlineData("0")]
    [InlineData("\"1\"")]
    [InlineData("1.5")]
    public async Task A_bad_epoch_is_named(string epoch) =>
        (await silo.Post("/v1/executions/x/events", $$"""{"epoch":{{epoch}},"events":[]}""")).IsProblem(400, "invalid_request", "/epoch");

    [Fact]
    public async Task An_invalid_id_in_the_path_is_refused() =>
        (await silo.Report("a%20b", "")).IsProblem(400, "invalid_request");

    [Fact]
    public async Task S23_an_older_epoch_is_stale_and_told_to_stop()
    {
        var (id, _) = await silo.Running();
        await silo.Report(id, """{"eventId":"p","type":"execution.paused"}""");
        (await silo.Post($"/v1/executions/{id}/claim", """{"workerId":"w2"}""")).Is(200);

        var got = await silo.Report(id, """{"eventId":"x","type":"log","message":"from before"}""");

        Got.Same(["stale_epoch"], got.Is(200).Words("results", "code"));
        Assert.True(got["control"].GetProperty("stop").GetBoolean());
    }

    [Fact]
    public async Task S07_the_same_end_again_is_a_duplicate_and_another_is_a_conflict()
    {
        var (id, _) = await silo.Running();
        const string end = """{"eventId":"end","type":"execution.completed","outcome":"success","output":{"a":1,"b":2}}""";
        await silo.Report(id, end);

        Got.Same(["duplicate"], (await silo.Report(id, end)).Words("results", "result"));
        var other = await silo.Report(id, """{"eventId":"end","type":"execution.completed","outcome":"fail"}""");
        Got.Same(["conflict"], other.Words("results", "code"));
        var late = await silo.Report(id, """{"eventId":"late","type":"log","message":"m"}""");
        Assert.Equal(("late", "already_finished"), (late.Words("results", "result")[0], late.Words("results", "code")[0]));
        Assert.True(late["control"].GetProperty("stop").GetBoolean());
    }

    [Fact]
    public async Task Many_executions_report_as_an_array()
    {
        var (a, b) = (silo.NewId(), silo.NewId());

        var got = await silo.Post("/v1/events", $$"""
            [{"executionId":"{{a}}","eventId":"1","type":"log","message":"m"},
             {"executionId":"{{b}}","epoch":1,"eventId":"2","type":"step.started","block":"x"},
             {"eventId":"3","type":"log","message":"m"},
             {"executionId":"bad id","eventId":"4","type":"log","message":"m"},
             {"executionId":"{{a}}","epoch":"x","eventId":"5","type":"log","message":"m"},
             null,
             {"executionId":"{{a}}","eventId":"1","type":"log","message":"m"}]
            """);

        Got.Same([a, b, null, null, a, null, a], got.Is(200).Words("results", "executionId"));
        Got.Same(["applied", "rejected", "rejected", "rejected", "rejected", "rejected", "duplicate"], got.Words("results", "result"));
        Got.Same([null, "missing_step_id", "invalid_event", "invalid_event", "invalid_event", "malformed_line", null], got.Words("results", "code"));
        Got.Same(["1", "2", "3", "4", "5", null, "1"], got.Words("results", "eventId"));
    }

    [Fact]
    public async Task Many_executions_report_as_lines()
    {
        var (a, b) = (silo.NewId(), silo.NewId());
        var lines = $$"""{"executionId":"{{a}}","eventId":"1","type":"log","message":"m"}""" + "\r\n\n"
            + $$"""{"executionId":"{{b}}","eventId":"1","type":"log","message":"m"}""";

        var got = await silo.PostBytes("/v1/events", System.Text.Encoding.UTF8.GetBytes(lines), "application/x-ndjson");

        Got.Same([a, b], got.Is(200).Words("results", "executionId"));
        Got.Same(["applied", "applied"], got.Words("results", "result"));
    }

    [Theory]
    [InlineData("{}", "application/json")]
    [InlineData("nope", "application/json")]
    public async Task A_body_that_is_neither_an_array_nor_lines_is_malformed(string body, string type) =>
        (await silo.PostBytes("/v1/events", System.Text.Encoding.UTF8.GetBytes(body), type)).IsProblem(400, "malformed");

    [Theory]
    [InlineData("{")]
    [InlineData("nonsense")]
    [InlineData("""{"executionId":"x","eventId":"2","type":"log","message":"m"} trailing""")]
    [InlineData("\u00ff")]
    [InlineData("deep")]
    public async Task D16_An_unreadable_line_is_refused_at_its_position(string line)
    {
        var id = silo.NewId();
        line = line == "deep"
            ? $$"""{"executionId":"{{id}}","eventId":"2","type":"log","message":"m","x":{{new string('[', 64)}}{{new string(']', 64)}}}"""
            : line;
        var lines = $$"""
            {"executionId":"{{id}}","eventId":"1","type":"log","message":"m"}
            {{line}}
            {"executionId":"{{id}}","eventId":"3","type":"log","message":"m"}
            """;

        var got = await silo.PostBytes("/v1/events", System.Text.Encoding.Latin1.GetBytes(lines), "application/x-ndjson");

        Got.Same(["applied", "rejected", "applied"], got.Is(200).Words("results", "result"));
        Got.Same([null, "malformed_line", null], got.Words("results", "code"));
        Got.Same([id, null, id], got.Words("results", "executionId"));
        Assert.False(got.Results[1].GetProperty("retryable").GetBoolean());
        Assert.Equal(2, (await silo.Get($"/v1/executions/{id}/logs")).Items.Length);
    }

    [Fact]
    public async Task D16_An_array_entry_that_is_too_deep_or_not_UTF8_is_refused_at_its_position()
    {
        var id = silo.NewId();
        var (deep, deepest) = (new string('[', 64) + new string(']', 64), new string('[', 63) + new string(']', 63));
        var array = $$"""
            [{"executionId":"{{id}}","eventId":"1","type":"log","message":"m"},
             {"executionId":"{{id}}","eventId":"2","type":"log","message":"m","x":{{deep}}},
             {"executionId":"{{id}}","eventId":"3","type":"log","message":"ÿ"},
             {"executionId":"{{id}}","eventId":"4","type":"log","message":"m","x":{{deepest}}}]
            """;

        var got = await silo.PostBytes("/v1/events", System.Text.Encoding.Latin1.GetBytes(array));

        Got.Same([null, "malformed_line", "malformed_line", null], got.Is(200).Words("results", "code"));
        Got.Same(["3", "4"], [(await silo.Post("/v1/events", array)).Is(200).Words("results", "eventId")[2], got.Words("results", "eventId")[3]]);
    }

    [Fact]
    public async Task D20_A_log_line_with_another_loggers_level_name_is_kept()
    {
        var (id, _) = await silo.Running();

        var got = await silo.Report(id, """
            {"eventId":"1","type":"log","message":"a\u0000b","level":"CRITICAL"},
            {"eventId":"2","type":"log","message":"m","level":"trace"},
            {"eventId":"3","type":"log","message":"m","level":"verbose"}
            """);

        Got.Same([null, null, "invalid_event"], got.Is(200).Words("results", "code"));
        var logs = await silo.Get($"/v1/executions/{id}/logs");
        Got.Same(["error", "debug"], logs.Words("items", "level"));
        Assert.Equal("a\ufffdb", logs.Words("items", "message")[0]);
        Got.Same(["error"], (await silo.Get($"/v1/executions/{id}/logs?level=Warning")).Words("items", "level"));
    }

    [Fact]
    public async Task D06_A_heartbeat_is_applied_whatever_its_progress()
    {
        var (id, _) = await silo.Running();

        var got = await silo.Report(id, $$$"""
            {"type":"heartbeat","progress":{"percent":100.00000000000001}},
            {"type":"heartbeat","progress":"42%"},
            {"type":"heartbeat","progress":{"message":"{{{new string('m', 5_000)}}}"}}
            """);

        Got.Same(["applied", "applied", "applied"], got.Is(200).Words("results", "result"));
    }

    [Theory]
    [InlineData("\"yesterday\"")]
    [InlineData("\"2026-11-21T03:00:00\"")]
    [InlineData("12")]
    public async Task D21_An_end_is_stored_whatever_its_time(string at)
    {
        var (id, _) = await silo.Running();

        var got = await silo.Report(id, $$"""
            {"eventId":"s","type":"step.completed","stepId":"s1","outcome":"success","at":{{at}}},
            {"eventId":"e","type":"execution.completed","outcome":"success","at":{{at}}}
            """);

        Got.Same(["applied", "applied"], got.Is(200).Words("results", "result"));
        Assert.Equal("succeeded", (await silo.Get($"/v1/executions/{id}")).String("status"));
    }

    [Fact]
    public async Task A_batch_without_events_gets_an_empty_answer()
    {
        Assert.Empty((await silo.Post("/v1/events", "[]")).Is(200).Results);
        Assert.Empty((await silo.PostBytes("/v1/events", [], "application/x-ndjson")).Is(200).Results);
    }
}
