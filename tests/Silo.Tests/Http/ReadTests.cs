using System.Text.Json;
using ExecutionGrains.Hosting.Http;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

public sealed class ReadTests(SiloFixture silo) : IClassFixture<SiloFixture>
{
    private static readonly string[] Summary =
    [
        "executionId", "namespace", "workflow", "status", "cause", "finalizationPath", "version", "epoch", "workerId", "triggerType", "triggeredBy",
        "createdAt", "startedAt", "endedAt", "trackerStartedAt", "trackerEndedAt", "durationMs", "lastContactAt", "leaseExpiresAt", "lastStartedBlock",
        "lastCompletedBlock", "stepCount", "openStepCount", "failedStepCount", "cost", "labels", "configVersion", "resolution", "lateCount", "progress",
    ];

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("limit=1e2", "limit")]
    [InlineData("status=perhaps", "status")]
    [InlineData("status=running&status=7", "status")]
    [InlineData("cause=7", "cause")]
    [InlineData("resolution=x", "resolution")]
    [InlineData("late=maybe", "late")]
    [InlineData("label=nocolon", "label")]
    [InlineData("startedAfter=yesterday", "startedAfter")]
    [InlineData("startedBefore=2026-13-01T00:00:00Z", "startedBefore")]
    [InlineData("startedBefore=12", "startedBefore")]
    [InlineData("cursor=nonsense", "cursor")]
    [InlineData("cursor=%00", "cursor")]
    public async Task An_unreadable_parameter_is_named(string query, string name)
    {
        var got = (await silo.Get($"/v1/executions?{query}")).IsProblem(400, "invalid_parameter", $"/{name}");

        Assert.Contains(name, got.String("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("steps")]
    [InlineData("logs")]
    [InlineData("history")]
    public async Task A_page_names_an_unreadable_parameter(string page)
    {
        var (id, _) = await silo.Running();

        (await silo.Get($"/v1/executions/{id}/{page}?limit=1001")).IsProblem(400, "invalid_parameter", "/limit");
        (await silo.Get($"/v1/executions/{id}/{page}?cursor=foreign")).IsProblem(400, "invalid_parameter", "/cursor");
        (await silo.Get($"/v1/executions/nobody/{page}")).IsProblem(404, "unknown_execution");
    }

    [Fact]
    public async Task An_invalid_level_and_an_invalid_window_are_named()
    {
        var (id, _) = await silo.Running();

        (await silo.Get($"/v1/executions/{id}/logs?level=loud")).IsProblem(400, "invalid_parameter", "/level");
        (await silo.Get("/v1/stats?window=soon")).IsProblem(400, "invalid_parameter", "/window");
        (await silo.Get("/v1/stats?window=0h")).IsProblem(400, "invalid_parameter", "/window");
        (await silo.Get("/v1/audit?limit=0")).IsProblem(400, "invalid_parameter", "/limit");
        (await silo.Get("/v1/audit?cursor=foreign")).IsProblem(400, "invalid_parameter", "/cursor");
    }

    [Fact]
    public async Task The_bounds_of_limit_are_accepted()
    {
        (await silo.Get("/v1/executions?limit=1000")).Is(200);
        Assert.True((await silo.Get("/v1/executions?limit=1")).Is(200).Items.Length <= 1);
    }

    [Fact]
    public async Task A_list_is_read_page_by_page_newest_first()
    {
        var ids = new List<string?>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await silo.Pending(""","labels":{"paged":"yes"}"""));
        }

        ids.Reverse();
        var read = new List<string?>();
        var cursor = "";
        do
        {
            var page = (await silo.Get($"/v1/executions?label=paged:yes&limit=2{cursor}")).Is(200);
            read.AddRange(page.Words("items", "executionId"));
            cursor = page["nextCursor"].ValueKind == JsonValueKind.Null ? null : $"&cursor={Uri.EscapeDataString(page.String("nextCursor")!)}";
        }
        while (cursor is not null);

        Assert.Equal(ids, read);
    }

    [Fact]
    public async Task A_cursor_of_other_filters_is_refused()
    {
        for (var i = 0; i < 3; i++)
        {
            await silo.Pending(""","labels":{"foreign":"yes"}""");
        }

        var cursor = Uri.EscapeDataString((await silo.Get("/v1/executions?label=foreign:yes&limit=1")).String("nextCursor")!);

        (await silo.Get($"/v1/executions?limit=1&cursor={cursor}")).IsProblem(400, "invalid_parameter", "/cursor");
        (await silo.Get($"/v1/audit?cursor={cursor}")).IsProblem(400, "invalid_parameter", "/cursor");
    }

    [Fact]
    public async Task Every_filter_finds_its_executions()
    {
        var id = silo.NewId("filter");
        (await silo.Post(
            "/v1/executions",
            $$$"""{"executionId":"{{{id}}}","workflow":"filtered","namespace":"fns","trigger":"""
            + """{"type":"schedule","by":"fby"},"labels":{"k":"v:w","l":"m"},"start":{"workerId":"fworker","at":"2026-11-21T03:00:00Z"}}""")).Is(201);
        string[] finding =
        [
            "workflow=filtered", "workflow=filtered&workflow=other", "namespace=fns", "worker=fworker", "triggeredBy=fby", "label=k:v:w",
            "label=k:v:w&label=l:m",
            $"q={id}", "q=filte", "namespace=fns&status=running", "namespace=fns&status=lost&status=running",
            "namespace=fns&startedAfter=2026-11-21T02:59:59Z", "namespace=fns&startedBefore=2026-11-21%2005:01+02:00", "namespace=fns&status=RUNNING",
            "namespace=fns&late=False", "namespace=fns&startedBefore=2026-11-21T05:00:01%2B02:00",
        ];
        foreach (var query in finding)
        {
            Assert.Equal((query, id), (query, Assert.Single((await silo.Get($"/v1/executions?{query}")).Is(200).Words("items", "executionId"))));
        }

        string[] missing =
        [
            "workflow=filter", "namespace=fns&status=pending", "label=k:v", "label=k:v:w&label=l:x", "namespace=fns&late=true",
            "namespace=fns&cause=lost_after_start",
            "namespace=fns&startedAfter=2026-11-21T03:00:01Z", "namespace=fns&startedBefore=2026-11-21T02:59:59Z", "namespace=fns&resolution=ignored", "q=%25",
            "q=f_lte", "worker=FWORKER",
        ];
        foreach (var query in missing)
        {
            var got = (await silo.Get($"/v1/executions?{query}")).Is(200);
            Assert.True(got.Items.Length == 0, $"{query}: {got.Text}");
        }
    }

    [Fact]
    public async Task D08_A_label_is_split_at_its_first_equals_sign_and_found_by_its_key()
    {
        var id = silo.NewId("labelled");
        (await silo.Post(
            "/v1/executions", $$$"""{"executionId":"{{{id}}}","workflow":"w","labels":{"k8s:ns":"prod","eq":"a=b:c","größe":"groß","plain":""}}""")).Is(201);
        string[] finding =
        [
            "label=k8s:ns=prod", "label=eq=a=b:c", "label=k8s%3Ans%3Dprod", "label=gr%C3%B6%C3%9Fe=gro%C3%9F", "label=plain=", "label=plain:",
            "hasLabel=k8s:ns&hasLabel=eq", "hasLabel=gr%C3%B6%C3%9Fe", "hasLabel=plain&label=k8s:ns=prod",
        ];
        string[] missing =
            ["label=k8s:ns:prod", "label=eq=a", "label=eq=a=b", "hasLabel=k8s", "hasLabel=k8s:ns&hasLabel=no", "hasLabel=labelled", "label=k8s:ns="];
        Assert.All(finding, q => Assert.Equal((q, id), (q, Found(q))));
        Assert.All(missing, q => Assert.Equal((q, null), (q, Found(q))));
        (await silo.Get("/v1/executions?label==x")).IsProblem(400, "invalid_parameter", "/label");
        (await silo.Get("/v1/executions?hasLabel=a=b")).IsProblem(400, "invalid_parameter", "/hasLabel");

        string? Found(string query) =>
            silo.Get($"/v1/executions?q={id}&{query}").GetAwaiter().GetResult().Is(200).Words("items", "executionId").SingleOrDefault();
    }

    [Fact]
    public async Task D22_Executions_are_found_by_parent_creation_end_and_duration()
    {
        var (parent, _) = await silo.Running();
        var (child, _) = await silo.Running($",\"parentExecutionId\":\"{parent}\",\"namespace\":\"d22\"");
        var (other, _) = await silo.Running(""","parentExecutionId":"somebody-else","namespace":"d22" """);
        await silo.Report(child, """{"eventId":"e","type":"execution.completed","outcome":"success","at":"2036-11-21T03:00:00Z"}""");
        var created = (await silo.Get($"/v1/executions/{child}")).String("createdAt");
        var later = (await silo.Get($"/v1/executions/{other}")).String("createdAt");
        (string Query, string[] Found)[] cases =
        [
            ($"parent={parent}", [child]),
            ($"parent={parent}&parent=somebody-else", [other, child]),
            ($"parent={parent}&status=succeeded", [child]),
            ($"parent={parent}&status=running", []),
            ($"createdAfter={created}", [other, child]),
            ($"createdAfter={later}", [other]),
            ($"createdBefore={later}", [child]),
            ($"createdAfter={created}&createdBefore={created}", []),
            ("endedAfter=2036-11-21T03:00:00Z", [child]),
            ("endedAfter=2036-11-21T03:00:01Z", []),
            ("endedBefore=2036-11-21T03:00:00.000001Z", [child]),
            ("endedBefore=2036-11-21T03:00:00Z", []),
            ("minDurationMs=86400000", [child]),
            ("minDurationMs=0", [child]),
            ("minDurationMs=31622400000000", []),
        ];
        foreach (var (query, found) in cases)
        {
            Assert.Equal(
                (query, string.Join(' ', found)),
                (query, string.Join(' ', (await silo.Get($"/v1/executions?namespace=d22&{query}")).Is(200).Words("items", "executionId"))));
        }

        (await silo.Get("/v1/executions?minDurationMs=-1")).IsProblem(400, "invalid_parameter", "/minDurationMs");
        (await silo.Get("/v1/executions?minDurationMs=1s")).IsProblem(400, "invalid_parameter", "/minDurationMs");
    }

    [Fact]
    public async Task D22_Log_lines_are_found_by_step_text_and_level_in_either_order()
    {
        var (id, _) = await silo.Running();
        (await silo.Report(id, """
            {"eventId":"1","type":"log","message":"Copy begins","stepId":"s1"},
            {"eventId":"2","type":"log","message":"copied 50%","stepId":"s1","level":"warn"},
            {"eventId":"3","type":"log","message":"check","stepId":"s2","level":"error"},
            {"eventId":"4","type":"log","message":"no step"}
            """)).Is(200);

        Got.Same(["1", "2"], await Ids("stepId=s1"));
        Got.Same(["2", "1"], await Ids("stepId=s1&order=desc"));
        Got.Same(["1", "2"], await Ids("q=COP"));
        Got.Same(["2"], await Ids("q=%25"));
        Got.Same(["2", "3"], await Ids("level=warn&order=asc"));
        Got.Same(["4", "3", "2", "1"], await Ids("order=DESC"));
        Got.Same([], await Ids("stepId=s3"));
        var first = (await silo.Get($"/v1/executions/{id}/logs?order=desc&limit=3")).Is(200);
        var cursor = Uri.EscapeDataString(first.String("nextCursor")!);
        Got.Same(["1"], await Ids($"order=desc&limit=3&cursor={cursor}"));
        (await silo.Get($"/v1/executions/{id}/logs?limit=3&cursor={cursor}")).IsProblem(400, "invalid_parameter", "/cursor");
        (await silo.Get($"/v1/executions/{id}/logs?order=newest")).IsProblem(400, "invalid_parameter", "/order");

        async Task<string?[]> Ids(string query) => (await silo.Get($"/v1/executions/{id}/logs?{query}")).Is(200).Words("items", "eventId");
    }

    [Fact]
    public async Task A_summary_has_every_field_of_the_contract_and_a_detail_more()
    {
        var id = await Finished();

        var summary = (await silo.Get($"/v1/executions?q={id}")).Items[0];
        var detail = await silo.Get($"/v1/executions/{id}");

        Assert.All(Summary, name => Assert.True(summary.TryGetProperty(name, out _), name));
        Assert.All(
            (string[])[.. Summary, "diagnostics", "counts", "lease", "epochs", "evidence", "rejections", "output", "error"],
            name => Assert.True(detail.Body.TryGetProperty(name, out _), name));
        Assert.All(
            (string[])["createdAt", "startedAt", "endedAt", "trackerStartedAt", "trackerEndedAt", "lastContactAt"],
            name => Got.IsTime(summary.GetProperty(name)));
        Assert.Equal(
            ("2026-11-21T03:00:00.123456Z", "2026-11-21T03:00:01.123456Z", 1000L),
            (detail.String("startedAt"), detail.String("endedAt"), detail["durationMs"].GetInt64()));
        Assert.Equal(("extract", "extract", 1), (detail.String("lastStartedBlock"), detail.String("lastCompletedBlock"), detail["stepCount"].GetInt32()));
        var marker = detail["diagnostics"].GetProperty("lastCompletedBlock");
        Assert.Equal(
            ("s1", "extract", "http", true),
            (marker.GetProperty("stepId").GetString(), marker.GetProperty("block").GetString(),
                marker.GetProperty("blockType").GetString(), marker.GetProperty("success").GetBoolean()));
        Assert.All(
            (string[])["finalizationPath", "completionFailure", "hasTraceSpans", "traceSpanCount"],
            name => Assert.True(detail["diagnostics"].TryGetProperty(name, out _), name));
        var epoch = Assert.Single(detail["epochs"].EnumerateArray());
        Assert.All(
            (string[])["epoch", "workerId", "incarnation", "claimedAt", "startedAt", "endedAt", "status", "cause", "lastStartedBlock", "lastCompletedBlock"],
            name => Assert.True(epoch.TryGetProperty(name, out _), name));
    }

    [Fact]
    public async Task Evidence_and_rejections_are_on_the_execution()
    {
        var id = await Finished();
        await silo.Report(id, """{"eventId":"late","type":"log","message":"too late"}""");
        await silo.Report(id, """{"eventId":"bad","type":"step.started","block":"b"},{"eventId":"bad","type":"step.started","block":"b"}""");

        var detail = await silo.Get($"/v1/executions/{id}");

        var evidence = Assert.Single(detail["evidence"].EnumerateArray());
        Assert.Equal("late", evidence.GetProperty("eventId").GetString());
        Assert.All((string[])["eventId", "type", "at", "trackerAt", "payload"], name => Assert.True(evidence.TryGetProperty(name, out _), name));
        var rejection = Assert.Single(detail["rejections"].EnumerateArray());
        Assert.Equal(
            ("missing_step_id", "bad", 2),
            (rejection.GetProperty("code").GetString(), rejection.GetProperty("eventId").GetString(), rejection.GetProperty("count").GetInt32()));
        Assert.All((string[])["type", "message", "firstAt", "lastAt"], name => Assert.True(rejection.TryGetProperty(name, out _), name));
    }

    [Fact]
    public async Task Steps_logs_and_history_are_pages_oldest_first()
    {
        var id = await Finished();

        var step = Assert.Single((await silo.Get($"/v1/executions/{id}/steps")).Is(200).Items);
        Assert.All(
            (string[])[
                "stepId", "epoch", "block", "blockType", "parentStepId", "sequence", "status", "startedAt", "endedAt", "durationMs", "trackerStartedAt",
                "trackerEndedAt", "input", "output", "error", "cost", "memoryBytes"
            ],
            name => Assert.True(step.TryGetProperty(name, out _), name));
        Assert.Equal(
            ("succeeded", 1, 500),
            (step.GetProperty("status").GetString(), step.GetProperty("sequence").GetInt32(), step.GetProperty("durationMs").GetInt32()));
        Got.Same(["debug", "info", "warn", "error"], (await silo.Get($"/v1/executions/{id}/logs")).Words("items", "level"));
        Got.Same(["warn", "error"], (await silo.Get($"/v1/executions/{id}/logs?level=warn")).Words("items", "level"));
        var log = (await silo.Get($"/v1/executions/{id}/logs?limit=1")).Is(200);
        Assert.Equal(JsonValueKind.String, log["nextCursor"].ValueKind);
        Assert.All(
            (string[])["eventId", "at", "trackerAt", "level", "source", "stepId", "message"],
            name => Assert.True(log.Items[0].TryGetProperty(name, out _), name));
        var history = (await silo.Get($"/v1/executions/{id}/history?limit=1000")).Is(200);
        Assert.All(
            (string[])["sequence", "at", "trackerAt", "epoch", "type", "eventId", "result", "code"],
            name => Assert.All(history.Items, i => Assert.True(i.TryGetProperty(name, out _), name)));
        Assert.Equal(Enumerable.Range(1, history.Items.Length), history.Items.Select(i => i.GetProperty("sequence").GetInt32()));
    }

    [Fact]
    public async Task Figures_count_live_and_ended_executions()
    {
        const string scope = ""","namespace":"figures" """;
        await silo.Running(scope);
        var (id, _) = await silo.Running(scope);
        await silo.Report(id, """{"eventId":"e","type":"execution.completed","outcome":"success"}""");

        var stats = (await silo.Get("/v1/stats?window=1h&namespace=figures")).Is(200);

        Assert.Equal(
            ("1h", 1, 1), (stats.String("window"), stats["byStatus"].GetProperty("running").GetInt32(), stats["byStatus"].GetProperty("succeeded").GetInt32()));
        Assert.Single(stats.Words("oldestRunning", "executionId"));
        Assert.All(
            (string[])["byCause", "byResolution", "lateAfterLost", "durations", "series"], name => Assert.True(stats.Body.TryGetProperty(name, out _), name));
        Assert.All((string[])["p50Ms", "p95Ms", "p99Ms"], name => Assert.True(stats["durations"].TryGetProperty(name, out _), name));
        Assert.Equal("24h", (await silo.Get("/v1/stats")).Is(200).String("window"));
    }

    [Fact]
    public async Task The_cluster_describes_itself()
    {
        await silo.Running();

        var cluster = (await silo.Get("/v1/cluster")).Is(200);

        Assert.All((string[])["silos", "activations", "commitQueue", "janitor", "store"], name => Assert.True(cluster.Body.TryGetProperty(name, out _), name));
        var byType = cluster.Body.GetProperty("activationsByType");
        Assert.InRange(byType.GetProperty("ExecutionGrain").GetInt64(), 1, cluster.Body.GetProperty("activations").GetInt64());
        Assert.All(byType.EnumerateObject(), type => Assert.Contains(type.Name, (string[])["ExecutionGrain", "JanitorGrain"]));
        Assert.All(
            (string[])["paused", "held", "lastSweep", "found", "lost", "judgedUntil", "lastOutage", "buckets"],
            name => Assert.True(cluster["janitor"].TryGetProperty(name, out _), name));
        Assert.Equal("orleans", cluster.String("grainRuntime"));
        Assert.Equal(
            Enumerable.Range(0, 16), cluster["janitor"].GetProperty("buckets").EnumerateArray().Select(bucket => bucket.GetProperty("bucket").GetInt32()));
        var self = Assert.Single(cluster["silos"].EnumerateArray());
        Assert.Equal("active", self.GetProperty("status").GetString());
        Assert.NotNull(self.GetProperty("version").GetString());
        Assert.Equal("sqlite", cluster["store"].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Unknown_ids_are_not_found() => (await silo.Get("/v1/executions/nobody")).IsProblem(404, "unknown_execution");

    private async Task<string> Finished()
    {
        var id = silo.NewId("finished");
        (await silo.Report(id, """
            {"eventId":"1","type":"execution.started","at":"2026-11-21T03:00:00.123456Z","workflow":"w","workerId":"w1"},
            {"eventId":"2","type":"step.started","at":"2026-11-21T03:00:00.2Z","stepId":"s1","block":"extract","blockType":"http"},
            {"eventId":"3","type":"log","message":"d","level":"debug","at":"2026-11-21T03:00:00.3Z"},
            {"eventId":"4","type":"log","message":"i","stepId":"s1","source":"extract"},
            {"eventId":"5","type":"log","message":"w","level":"warn"},
            {"eventId":"6","type":"log","message":"e","level":"error"},
            {"eventId":"7","type":"step.completed","at":"2026-11-21T03:00:00.7Z","stepId":"s1","outcome":"success"},
            {"eventId":"8","type":"execution.completed","at":"2026-11-21T05:00:01.1234567+02:00","outcome":"success","output":{"n":1}}
            """)).Is(200);
        return id;
    }
}
