using System.Net;
using System.Text.Json;
using ExecutionGrains.Grains;
using ExecutionGrains.Hosting.Auth.Tokens;
using ExecutionGrains.Hosting.Secrets;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Silo.Commands;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Commits;
using ExecutionGrains.Storage.Postgres;
using ExecutionGrains.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>Whole silos on PostgreSQL, on a server that does not flush to disk.</summary>
public sealed class PostgresTests : IAsyncLifetime
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("eg-postgres-");
    private PostgresServer _server = null!;
    private string _database = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.SharedAsync();
        _database = await _server.DatabaseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DropAsync(_database);
        _data.Delete(recursive: true);
    }

    [Fact]
    public async Task S49_Two_silos_start_on_one_empty_database_and_one_ends_an_execution_of_the_other()
    {
        var silos = await Task.WhenAll(StartAsync(_database), StartAsync(_database));
        var (one, other) = (silos[0], silos[1]);
        await Post(one, "/v1/executions", """{"executionId":"x","workflow":"w","start":{"workerId":"w1","incarnation":"i1"}}""");
        await Post(one, "/v1/executions/x/events", """{"events":[{"eventId":"1","type":"step.started","stepId":"s","block":"b"}]}""");
        await Post(other, "/v1/executions/x/events", """{"events":[{"eventId":"2","type":"step.completed","stepId":"s","outcome":"success"}]}""");
        await Post(other, "/v1/executions/x/events", """{"events":[{"eventId":"3","type":"execution.completed","outcome":"success"}]}""");
        foreach (var silo in silos)
        {
            var list = await Get(silo, "/v1/executions?status=succeeded");
            Assert.Equal("x", list.GetProperty("items")[0].GetProperty("executionId").GetString());
            Assert.Equal("postgres", (await Get(silo, "/v1/cluster")).GetProperty("store").GetProperty("kind").GetString());
            await silo.StopAsync();
            await silo.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_cancel_at_one_silo_is_in_the_answer_to_the_next_heartbeat_at_another()
    {
        var clock = new ManualTimeProvider();
        // Separate clusters: in one cluster both would call the same grain.
        await using var one = await StartAsync(_database, clock, cluster: "one");
        var feed = new ChangeFeed();
        var listening = new TaskCompletionSource();
        feed.Heard += _ => listening.TrySetResult();
        await using var other = await StartAsync(_database, clock, services => services.AddSingleton(feed), cluster: "other");
        await clock.PassUntilAsync(listening.Task, PostgresChanges.Gap);
        // Raised after the silo's own grains were notified.
        using var heard = new SemaphoreSlim(0);
        feed.Heard += changes =>
        {
            if (changes.Ids.Contains(new("x")))
            {
                heard.Release();
            }
        };

        await Post(one, "/v1/executions", """{"executionId":"x","workflow":"w","start":{"workerId":"w1","incarnation":"i1"}}""");
        await clock.PassUntilAsync(heard.WaitAsync(TestContext.Current.CancellationToken), PostgresChanges.Gap);
        Assert.False(await IsCancelRequested(other));
        await Post(one, "/v1/executions/x/cancel", "{}");
        var cancelled = clock.GetUtcNow();
        await clock.PassUntilAsync(heard.WaitAsync(TestContext.Current.CancellationToken), PostgresChanges.Gap);

        Assert.True(await IsCancelRequested(other));
        Assert.InRange(clock.GetUtcNow() - cancelled, TimeSpan.Zero, RevisionReads.Trust / 2);
        await other.StopAsync();
        await one.StopAsync();

        static async Task<bool> IsCancelRequested(WebApplication silo)
        {
            var answer = await Post(silo, "/v1/executions/x/events", """{"events":[{"type":"heartbeat"}]}""");
            return answer.GetProperty("control").GetProperty("cancelRequested").GetBoolean();
        }
    }

    [Fact]
    public async Task D38_A_key_that_one_silo_revokes_is_refused_by_another_after_its_announcement()
    {
        var clock = new ManualTimeProvider();
        await using var one = await StartAsync(_database, clock, cluster: "one");
        await using var other = await ListeningAsync(clock);
        var made = await Post(one, "/v1/keys", """{"name":"k","role":"viewer","namespaces":["*"]}""");
        var (keyId, key) = (made.GetProperty("keyId").GetString(), made.GetProperty("key").GetString()!);
        // The clock stands still, so changes by another silo are known only by their announcement.
        await UntilAsync(other, key, HttpStatusCode.OK);

        using (var http = Client(one))
        {
            Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync($"/v1/keys/{keyId}", TestContext.Current.CancellationToken)).StatusCode);
        }

        await UntilAsync(other, key, HttpStatusCode.Unauthorized);
        await other.StopAsync();
        await one.StopAsync();
    }

    [Fact]
    public async Task Secrets_that_a_command_rotates_are_known_to_every_silo_after_their_announcement()
    {
        var cancel = TestContext.Current.CancellationToken;
        var clock = new ManualTimeProvider();
        await using var one = await StartAsync(_database, clock, cluster: "one");
        await using var other = await ListeningAsync(clock);
        var before = other.Services.GetRequiredService<PayloadSigner>().Sign(RunTokenIssuer.Purpose, "{}"u8);

        await StoreCommand.Find(["secrets", "rotate", .. Arguments(_database)])!.RunAsync(clock, cancel);
        clock.JumpWallClock(SigningKeyRing.Spread);

        string signed;
        do
        {
            signed = other.Services.GetRequiredService<PayloadSigner>().Sign(RunTokenIssuer.Purpose, "{}"u8);
            cancel.ThrowIfCancellationRequested();
        }
        while (signed == before);
        Assert.NotNull(other.Services.GetRequiredService<PayloadSigner>().Open(RunTokenIssuer.Purpose, before));
        while (one.Services.GetRequiredService<PayloadSigner>().Open(RunTokenIssuer.Purpose, signed) is null)
        {
            cancel.ThrowIfCancellationRequested();
        }

        await other.StopAsync(cancel);
        await one.StopAsync(cancel);
    }

    [Fact]
    public async Task D30_Silos_of_one_database_share_a_master_key_and_a_silo_with_another_key_is_refused()
    {
        await using var one = await StartAsync(_database);
        var path = Path.Combine(_data.FullName, "elsewhere", "master.key");
        string[] arguments = [.. Arguments(_database), $"--ExecutionGrains:Auth:MasterKeyFile={path}"];

        Assert.Contains(
            $"{path} is not there",
            (await Assert.ThrowsAsync<StartException>(() => SiloProgram.BuildAsync(arguments))).Message, StringComparison.Ordinal);

        Assert.False(File.Exists(path));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(Path.Combine(_data.FullName, "master.key"), path);
        await using var two = await SiloProgram.BuildAsync(arguments);
        await one.StopAsync();
    }

    [Theory]
    [InlineData("--ExecutionGrains:Urls=http://0.0.0.0:0")]
    [InlineData("--ExecutionGrains:Cluster:Address=192.0.2.1")]
    public async Task D30_Silos_beyond_loopback_must_share_a_master_key(string beyond)
    {
        var failure = await Assert.ThrowsAsync<StartException>(() => SiloProgram.BuildAsync([.. Arguments(_database), beyond]));

        Assert.Contains(
            "ExecutionGrains__Auth__MasterKeyFile must be given on postgres where callers or silos are on other machines",
            failure.Message,
            StringComparison.Ordinal);
    }

    /// <summary>A silo that listens to announcements of others.</summary>
    private async Task<WebApplication> ListeningAsync(ManualTimeProvider clock)
    {
        var feed = new ChangeFeed();
        var listening = new TaskCompletionSource();
        feed.Heard += _ => listening.TrySetResult();
        var silo = await StartAsync(_database, clock, services => services.AddSingleton(feed), cluster: "other");
        await clock.PassUntilAsync(listening.Task, PostgresChanges.Gap);
        return silo;
    }

    private static async Task UntilAsync(WebApplication silo, string key, HttpStatusCode status)
    {
        using var http = Client(silo);
        http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        while ((await http.GetAsync("/v1/executions", TestContext.Current.CancellationToken)).StatusCode != status)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task S50_A_restored_database_is_marked_by_the_command_and_two_silos_that_start_at_once_agree_on_its_epoch()
    {
        string[] ids = [.. Enumerable.Range(0, 20).Select(i => $"x{i}")];
        await using (var before = await StartAsync(_database))
        {
            foreach (var id in ids)
            {
                await Post(before, "/v1/executions", $$$"""{"executionId":"{{{id}}}","workflow":"w","start":{"workerId":"w1","incarnation":"i1"}}""");
            }

            await before.StopAsync();
        }

        await StoreCommand.Find(["fence", .. Arguments(_database)])!.RunAsync(TimeProvider.System, TestContext.Current.CancellationToken);

        var silos = await Task.WhenAll(StartAsync(_database), StartAsync(_database));
        List<int> epochs = [];
        foreach (var id in ids)
        {
            var x = await Get(silos[0], $"/v1/executions/{id}");
            Assert.Equal("pending", x.GetProperty("status").GetString());
            epochs.Add(x.GetProperty("epoch").GetInt32());
            var history = (await Get(silos[1], $"/v1/executions/{id}/history")).GetProperty("items").EnumerateArray();
            Assert.Single(history, h => h.GetProperty("type").GetString() == "tracker.restored");
        }

        Assert.True(Assert.Single(epochs.Distinct()) > 1_000_000);
        foreach (var silo in silos)
        {
            await silo.StopAsync();
            await silo.DisposeAsync();
        }
    }

    [Fact]
    public async Task S50_A_database_that_a_silo_uses_is_not_marked_unless_an_operator_insists()
    {
        await using var silo = await StartAsync(_database);
        await Post(silo, "/v1/executions", """{"executionId":"x","workflow":"w","start":{"workerId":"w1","incarnation":"i1"}}""");
        var cancel = TestContext.Current.CancellationToken;

        var failure = await Assert.ThrowsAsync<StartException>(
            () => StoreCommand.Find(["fence", .. Arguments(_database)])!.RunAsync(TimeProvider.System, cancel));

        Assert.Contains(silo.Services.GetRequiredService<SiloLiveness>().SiloId, failure.Message, StringComparison.Ordinal);
        Assert.Contains("Stop every silo first. «fence --anyway»", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await Mark(silo));
        await StoreCommand.Find(["fence", "--anyway", .. Arguments(_database)])!.RunAsync(TimeProvider.System, cancel);
        Assert.NotEmpty(await Mark(silo));
        await silo.StopAsync(cancel);

        Task<byte[]> Mark(WebApplication of) => of.Services.GetRequiredService<IOperationsStore>().SettingAsync(RestoreMark.Setting, () => [], cancel);
    }

    [Fact]
    public async Task S50_An_older_schema_is_not_migrated_while_a_silo_uses_it()
    {
        await using var silo = await StartAsync(_database);
        var cancel = TestContext.Current.CancellationToken;
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync(cancel);
        await using (var older = new NpgsqlCommand("delete from schema_version where version > 1", connection))
        {
            Assert.True(await older.ExecuteNonQueryAsync(cancel) > 0);
        }

        var failure = await Assert.ThrowsAsync<StartException>(
            () => StoreCommand.Find(["fence", .. Arguments(_database)])!.RunAsync(TimeProvider.System, cancel));

        Assert.Contains(silo.Services.GetRequiredService<SiloLiveness>().SiloId, failure.Message, StringComparison.Ordinal);
        await using var version = new NpgsqlCommand("select max(version) from schema_version", connection);
        Assert.Equal(1, await version.ExecuteScalarAsync(cancel));
        await silo.StopAsync(cancel);
    }

    [Fact]
    public async Task D35_A_reset_connection_leaves_no_key_without_its_audit_row()
    {
        var silo = await StartAsync(_database);
        var address = new Uri(silo.Urls.First());
        const string Body = """{"name":"n","role":"viewer","namespaces":["*"]}""";
        var request = System.Text.Encoding.ASCII.GetBytes(
            $"POST /v1/keys HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {SiloFixture.AdminKey}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");
        for (var i = 0; i < 80; i++)
        {
            using var caller = new System.Net.Sockets.TcpClient { LingerState = new System.Net.Sockets.LingerOption(true, 0) };
            await caller.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
            await caller.GetStream().WriteAsync(request, TestContext.Current.CancellationToken);
            // The caller disconnects at another point of its request each time.
            var from = System.Diagnostics.Stopwatch.GetTimestamp();
            while (System.Diagnostics.Stopwatch.GetElapsedTime(from) < TimeSpan.FromMicroseconds(i * 200))
            {
                Thread.SpinWait(100);
            }
        }

        await Post(silo, "/v1/keys", Body);
        // Completes when all requests have ended.
        await silo.StopAsync(TestContext.Current.CancellationToken);
        await silo.DisposeAsync();

        await using var store = new PostgresStore(new() { ConnectionString = _database });
        await store.MigrateAsync(TestContext.Current.CancellationToken);
        var keys = (await store.KeysAsync(TestContext.Current.CancellationToken)).Where(k => k.Name == "n").Select(k => k.KeyId).Order(StringComparer.Ordinal);
        var audit = await store.AuditAsync(new() { Action = "key.create" }, 1_000, null, TestContext.Current.CancellationToken);
        Assert.NotEmpty(audit.Items);
        Assert.Equal(keys, audit.Items.Select(r => r.Reason!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_backup_of_a_database_is_left_to_its_own_tools()
    {
        var backup = StoreCommand.Find(["backup", "copy.db", .. Arguments(_database)])!;
        var failure = await Assert.ThrowsAsync<StartException>(() => backup.RunAsync(TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.Equal("the store is postgres, and only sqlite has this command; use its own tools, then «fence» (docs/operating.md)", failure.Message);
    }

    [Theory]
    [InlineData(";Port=1")]
    [InlineData(";Database=nowhere")]
    public async Task A_missing_store_is_one_line_without_the_password(string wrong)
    {
        var failure = await Assert.ThrowsAsync<StoreException>(() => SiloProgram.BuildAsync(Arguments($"{_database};Password=secret{wrong}")));
        Assert.Contains("127.0.0.1", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("Database=secret")]
    public async Task An_invalid_connection_string_is_reported_with_all_other_errors(string wrong)
    {
        var failure = await Assert.ThrowsAsync<StartException>(() =>
            SiloProgram.BuildAsync([.. Arguments(wrong), "--ExecutionGrains:Store:Writers=0"]));
        Assert.Contains("ExecutionGrains__Store__ConnectionString", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ExecutionGrains__Store__Writers must be a whole number from 1 to 16, was 0", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    private async Task<WebApplication> StartAsync(
        string connectionString, TimeProvider? time = null, Action<IServiceCollection>? compose = null, string cluster = "executiongrains")
    {
        var silo = await SiloProgram.BuildAsync([.. Arguments(connectionString), $"--ExecutionGrains:Cluster:Id={cluster}"], time, compose);
        await silo.StartAsync();
        return silo;
    }

    private string[] Arguments(string connectionString) =>
    [
        $"--ExecutionGrains:DataPath={_data.FullName}",
        "--ExecutionGrains:Urls=http://127.0.0.1:0",
        "--ExecutionGrains:Store:Provider=postgres",
        $"--ExecutionGrains:Store:ConnectionString={connectionString}",
        $"--ExecutionGrains:Auth:BootstrapKey={SiloFixture.AdminKey}",
    ];

    private static async Task<JsonElement> Post(WebApplication silo, string path, string json)
    {
        using var http = Client(silo);
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        var response = await http.PostAsync(path, content);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        Assert.DoesNotContain("\"rejected\"", body, StringComparison.Ordinal);
        Assert.DoesNotContain("\"retry\"", body, StringComparison.Ordinal);
        return JsonDocument.Parse(body).RootElement;
    }

    private static async Task<JsonElement> Get(WebApplication silo, string path)
    {
        using var http = Client(silo);
        return JsonDocument.Parse(await http.GetStringAsync(path)).RootElement;
    }

    private static HttpClient Client(WebApplication silo)
    {
        var http = new HttpClient { BaseAddress = new Uri(silo.Urls.First()) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", SiloFixture.AdminKey);
        return http;
    }
}
