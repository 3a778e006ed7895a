using System.Text.Json;
using ExecutionGrains.Testing;
using Microsoft.AspNetCore.Builder;
using Npgsql;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>The script that <c>docs/postgres.md</c> names, run while a silo works.</summary>
public sealed class RetentionTests : IAsyncLifetime
{
    private static readonly string Script = Repository.File("deploy/retention.sql");

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("eg-retention-");
    private PostgresServer _server = null!;
    private string _database = null!;
    private WebApplication _silo = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.SharedAsync();
        _database = await _server.DatabaseAsync();
        _silo = await StartAsync(day: 1);
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _server.DropAsync(_database);
        _data.Delete(recursive: true);
    }

    [Fact]
    public async Task A_day_is_dropped_while_the_silo_serves_and_no_live_execution_is_lost()
    {
        await Post("/v1/executions", """{"executionId":"old","workflow":"w","explicitTrace":true,"start":{"workerId":"w1","incarnation":"i1"}}""");
        await Report("old", """{"eventId":"1","type":"step.started","stepId":"s1","block":"b"}""", """{"eventId":"2","type":"log","message":"m"}""");
        await Report(
            "old",
            """{"eventId":"3","type":"step.completed","stepId":"s1","outcome":"success"}""",
            """{"eventId":"4","type":"execution.completed","outcome":"success","output":{"rows":1}}""");
        await Report("old", """{"eventId":"5","type":"log","message":"late"}""");
        await StartAgainAsync(day: 2);
        await Post("/v1/executions", """{"executionId":"alive","workflow":"w","heartbeatTimeoutSeconds":null,"start":{"workerId":"w1","incarnation":"i1"}}""");
        await Report("alive", """{"eventId":"1","type":"step.started","stepId":"s1","block":"b"}""");
        Assert.Contains("ended less than two days ago", await Refusal("2026-01-01"), StringComparison.Ordinal);
        await StartAgainAsync(day: 6);
        Assert.Contains("1 executions of that day have not ended", await Refusal("2026-01-02"), StringComparison.Ordinal);
        var figures = await Get("/v1/stats?window=7d");

        await PostgresServer.RunScriptAsync(_database, Script, "day=2026-01-01");

        Assert.Equal(6, await Tables("20260102"));
        Assert.Equal(0, await Tables("20260101"));
        var old = await Get("/v1/executions/old");
        Assert.Equal(("succeeded", 1), (old.GetProperty("status").GetString(), old.GetProperty("stepCount").GetInt32()));
        Assert.Equal(JsonValueKind.Null, old.GetProperty("output").ValueKind);
        foreach (var gone in (string[])["steps", "logs", "history"])
        {
            Assert.Empty((await Get($"/v1/executions/old/{gone}")).GetProperty("items").EnumerateArray());
        }

        Assert.Equal(
            ["alive", "old"],
            (await Get("/v1/executions?workflow=w")).GetProperty("items").EnumerateArray().Select(e => e.GetProperty("executionId").GetString()));
        Assert.Equal(figures.GetProperty("byStatus").GetRawText(), (await Get("/v1/stats?window=7d")).GetProperty("byStatus").GetRawText());
        Assert.Equal(3, (await Get("/v1/executions/alive/history")).GetProperty("items").GetArrayLength());
        await Report("alive", """{"eventId":"2","type":"step.completed","stepId":"s1","outcome":"success"}""");

        // A late report for an execution of that day recreates the day; the next run drops it again.
        Assert.Equal(
            "late",
            (await Report("old", """{"eventId":"6","type":"log","message":"later still"}""")).GetProperty("results")[0].GetProperty("result").GetString());
        Assert.Single((await Get("/v1/executions/old/history")).GetProperty("items").EnumerateArray());
        await PostgresServer.RunScriptAsync(_database, Script, "day=2026-01-01");
        Assert.Equal(0, await Tables("20260101"));
    }

    [Fact]
    public async Task An_interrupted_run_is_completed_by_the_next()
    {
        await Post("/v1/executions", """{"executionId":"old","workflow":"w"}""");
        await Report("old", """{"eventId":"1","type":"execution.completed","outcome":"success"}""");
        await StartAgainAsync(day: 5);
        await using (var operating = new NpgsqlConnection(_database))
        {
            await operating.OpenAsync(TestContext.Current.CancellationToken);
            await using var halfway = new NpgsqlCommand(
                "alter table history detach partition history_20260101; alter table logs detach partition logs_20260101; drop table logs_20260101", operating);
            await halfway.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await PostgresServer.RunScriptAsync(_database, Script, "day=2026-01-01");

        Assert.Equal(0, await Tables("20260101"));
        Assert.Equal("succeeded", (await Get("/v1/executions/old")).GetProperty("status").GetString());
    }

    private async Task StartAgainAsync(int day)
    {
        await _silo.StopAsync(TestContext.Current.CancellationToken);
        await _silo.DisposeAsync();
        _silo = await StartAsync(day);
    }

    private async Task<WebApplication> StartAsync(int day)
    {
        string[] arguments =
        [
            $"--ExecutionGrains:DataPath={_data.FullName}",
            "--ExecutionGrains:Urls=http://127.0.0.1:0",
            "--ExecutionGrains:Store:Provider=postgres",
            $"--ExecutionGrains:Store:ConnectionString={_database}",
            $"--ExecutionGrains:Auth:BootstrapKey={SiloFixture.AdminKey}",
        ];
        var started = await SiloProgram.BuildAsync(arguments, new ManualTimeProvider(new DateTimeOffset(2026, 1, day, 12, 0, 0, TimeSpan.Zero)));
        await started.StartAsync(TestContext.Current.CancellationToken);
        return started;
    }

    private async Task<string> Refusal(string day) =>
        (await Assert.ThrowsAsync<InvalidOperationException>(() => PostgresServer.RunScriptAsync(_database, Script, $"day={day}"))).Message;

    private async Task<long> Tables(string day)
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var count = new NpgsqlCommand($"select count(*) from pg_class where relkind = 'r' and relname like '%\\_{day}'", connection);
        return (long)(await count.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private Task<JsonElement> Report(string id, params string[] events) =>
        Post($"/v1/executions/{id}/events", $$"""{"events":[{{string.Join(',', events)}}]}""");

    private async Task<JsonElement> Post(string path, string json)
    {
        using var http = Client();
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        var response = await http.PostAsync(path, content, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, body);
        Assert.DoesNotContain("\"rejected\"", body, StringComparison.Ordinal);
        return JsonDocument.Parse(body).RootElement;
    }

    private async Task<JsonElement> Get(string path)
    {
        using var http = Client();
        return JsonDocument.Parse(await http.GetStringAsync(path, TestContext.Current.CancellationToken)).RootElement;
    }

    private HttpClient Client()
    {
        var http = new HttpClient { BaseAddress = new Uri(_silo.Urls.First()) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", SiloFixture.AdminKey);
        return http;
    }
}
