using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ExecutionGrains.Hosting.Auditing;
using ExecutionGrains.Hosting.Secrets;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Silo.Commands;
using ExecutionGrains.Storage.Auditing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>The audit's hash chain as operators and outsiders see it. Each test has a silo of its own.</summary>
public sealed class AuditChainTests : IAsyncLifetime
{
    private readonly ClockedSilo _silo = new();

    private CancellationToken Cancel => TestContext.Current.CancellationToken;

    private AuditSealer Sealer => _silo.App.Services.GetRequiredService<AuditSealer>();

    public ValueTask InitializeAsync() => _silo.InitializeAsync();

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task An_export_contains_everything_needed_to_verify_the_chain()
    {
        var (_, key) = await NamedKeyAsync("Zoë");
        (await _silo.Post("/v1/janitor/pause", """{"reason":"\u0000 \ud83d\ude00"}""", key)).Is(200);
        (await _silo.Post("/v1/janitor/resume", "", key)).Is(200);
        await SealAsync();
        await NamedKeyAsync("late");

        var export = await _silo.Get("/v1/audit/export");

        Assert.Equal((200, "application/x-ndjson"), (export.Status, export.Response.Content.Headers.ContentType!.MediaType));
        var (rows, hash) = (Rows(export.Text), new byte[32]);
        foreach (var row in rows[..^1])
        {
            hash = SHA256.HashData([.. hash, .. Encoding.UTF8.GetBytes(CanonicalForm(row))]);
            Assert.Equal(Convert.ToHexStringLower(hash), row.GetProperty("hash").GetString());
        }

        Assert.Equal(Enumerable.Range(1, rows.Count - 1), rows[..^1].Select(r => r.GetProperty("sequence").GetInt32()));
        Assert.Equal(JsonValueKind.Null, rows[^1].GetProperty("sequence").ValueKind);
        Assert.Equal((0, export.Text), await CommandAsync("export"));
        Assert.Equal((0, $"{rows.Count - 1}:{Convert.ToHexStringLower(hash)}"), ((await CommandAsync("verify")).Code, await HeadAsync()));
    }

    [Fact]
    public async Task An_export_takes_the_filters_of_the_list_and_shows_admins_their_namespaces_only()
    {
        var (a, b) = (await _silo.NewKey("admin", "a"), await _silo.NewKey("admin", "b"));
        await _silo.NewKey("viewer", "b");
        await _silo.Post("/v1/keys", """{"name":"x","role":"viewer","namespaces":["a"]}""", a.Key);
        (await _silo.Post("/v1/janitor/pause", "")).Is(200);

        Assert.Equal(["janitor.pause"], Actions(await _silo.Get("/v1/audit/export?action=janitor.pause")));
        Assert.Equal((await _silo.Get("/v1/audit?by=a+key")).Words("items", "action").Reverse(), Actions(await _silo.Get("/v1/audit/export?by=a+key")));
        var seen = Rows((await _silo.Get("/v1/audit/export", a.Key)).Text);
        Assert.NotEmpty(seen);
        Assert.All(seen, row => Assert.Equal("a", row.GetProperty("namespace").GetString()));
        Assert.Empty(Actions(await _silo.Get("/v1/audit/export?to=2000-01-01T00:00Z", b.Key)));
        (await _silo.Get("/v1/audit/export?limit=5")).IsProblem(400, "invalid_parameter");
        (await _silo.Get("/v1/audit/export", (await _silo.NewKey("viewer")).Key)).IsProblem(403, "forbidden");
    }

    [Fact]
    public async Task The_command_checks_the_chain_beside_the_silo_and_its_exit_code_is_the_result()
    {
        await SealAsync();
        var noted = await HeadAsync();
        (await _silo.Post("/v1/janitor/pause", "")).Is(200);
        (await _silo.Post("/v1/janitor/resume", "")).Is(200);
        await SealAsync();

        var (code, said) = await CommandAsync("verify", "--head", noted);
        Assert.Equal(0, code);
        Assert.Matches(@"^Checked: 3 rows\.\nSealed up to: 3:[0-9a-f]{64}, signed at [^\n]+Z\.\nNot sealed yet: 0 rows\.\nThe chain is whole\.\n\z", said);

        var other = noted[..^1] + (noted[^1] == '0' ? '1' : '0');
        Assert.Equal(1, (await CommandAsync("verify", "--head", other)).Code);
        Assert.Contains(
            "SEQUENCE:HASH", (await Assert.ThrowsAsync<StartException>(() => CommandAsync("verify", "--head", "7"))).Message, StringComparison.Ordinal);
        Assert.Contains("audit verify", (await Assert.ThrowsAsync<StartException>(() => CommandAsync("verfy"))).Message, StringComparison.Ordinal);

        Execute("update audit set by = 'nobody' where sequence = 2");
        (code, said) = await CommandAsync("verify");
        Assert.Equal(1, code);
        Assert.Matches(@"BROKEN at 2: row 2 was changed after it was sealed\. Its number in the store is [0-9]+\.\n\z", said);

        await _silo.StopAsync();
        File.Move(Path.Combine(_silo.DataPath, MasterKeyFile.Name), Path.Combine(_silo.DataPath, "kept"));
        Assert.Contains("master.key is not there", (await Assert.ThrowsAsync<StartException>(() => CommandAsync("verify"))).Message, StringComparison.Ordinal);
        File.Move(Path.Combine(_silo.DataPath, "kept"), Path.Combine(_silo.DataPath, MasterKeyFile.Name));
        Assert.Equal(1, (await CommandAsync("verify")).Code);
        await _silo.StartAsync();
    }

    [Fact]
    public async Task The_key_of_the_chain_survives_restarts_and_rotations()
    {
        await SealAsync();
        (await _silo.Post("/v1/secrets/rotate", "")).Is(200);
        await _silo.RestartAsync();

        Assert.Null((await SealAsync()).Fault);

        Assert.Equal(0, (await CommandAsync("verify")).Code);
    }

    [Fact]
    public async Task The_sealer_does_not_continue_a_chain_whose_head_it_did_not_sign()
    {
        var before = (await SealAsync()).Head!.Sequence;
        Execute($"update audit_checkpoints set signature = zeroblob(32)");
        (await _silo.Post("/v1/janitor/pause", "")).Is(200);

        Assert.Contains("not signed", (await SealAsync()).Fault!.Reason, StringComparison.Ordinal);

        var (code, said) = await CommandAsync("verify");
        Assert.Equal(1, code);
        Assert.Contains("Not sealed yet: 1 rows", said, StringComparison.Ordinal);
        Assert.True(before > 0, "nothing was sealed");
    }

    [Fact]
    public async Task Old_rows_are_deleted_by_the_setting_and_the_rest_stays_valid()
    {
        await using var silo = new KeepingSilo();
        await silo.InitializeAsync();
        var sealer = silo.App.Services.GetRequiredService<AuditSealer>();
        silo.Clock.JumpWallClock(TimeSpan.FromDays(3));
        (await silo.Post("/v1/janitor/pause", "")).Is(200);
        silo.Clock.JumpWallClock(AuditChain.Settle + TimeSpan.FromSeconds(1));

        Assert.Null((await sealer.SealAsync(Cancel)).Fault);

        Assert.Equal(["janitor.pause"], (await silo.Get("/v1/audit")).Words("items", "action"));
        using var output = new MemoryStream();
        Assert.Equal(0, await AuditCommand.Find(["audit", "verify", $"--ExecutionGrains:DataPath={silo.DataPath}"])!.RunAsync(silo.Clock, output, Cancel));
        Assert.StartsWith("Deleted by retention: rows up to 1:", Encoding.UTF8.GetString(output.ToArray()), StringComparison.Ordinal);
    }

    private sealed class KeepingSilo : ClockedSilo
    {
        protected override IEnumerable<string> Settings => ["--ExecutionGrains:Retention:Audit=2.00:00:00"];
    }

    /// <summary>As docs/security.md describes it.</summary>
    private static string CanonicalForm(JsonElement row)
    {
        string[] names = ["at", "by", "action", "executionId", "namespace", "reason", "keyId", "keyName", "claims", "address", "traceId"];
        return string.Concat(
            new[] { "1", row.GetProperty("sequence").GetRawText(), row.GetProperty("number").GetRawText() }
                .Concat(names.Select(name => row.GetProperty(name).GetString()))
                .Select(field => field is null ? "-," : string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(field)}:{field},")));
    }

    private static List<JsonElement> Rows(string ndjson) =>
        [.. ndjson.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];

    private static IEnumerable<string> Actions(Got got) => Rows(got.Is(200).Text).Select(r => r.GetProperty("action").GetString()!);

    private async Task<AuditSealing> SealAsync()
    {
        _silo.Clock.JumpWallClock(AuditChain.Settle + TimeSpan.FromSeconds(1));
        return await Sealer.SealAsync(Cancel);
    }

    private async Task<string> HeadAsync() =>
        (await CommandAsync("verify")).Said.Split('\n').Single(l => l.StartsWith("Sealed up to: ", StringComparison.Ordinal)).Split(' ', ',')[3];

    private async Task<(int Code, string Said)> CommandAsync(string what, params string[] arguments)
    {
        using var output = new MemoryStream();
        string[] args = ["audit", what, .. arguments, $"--ExecutionGrains:DataPath={_silo.DataPath}"];
        var code = await AuditCommand.Find(args)!.RunAsync(_silo.Clock, output, Cancel);
        return (code, Encoding.UTF8.GetString(output.ToArray()));
    }

    private async Task<(string KeyId, string Key)> NamedKeyAsync(string name)
    {
        var got = await _silo.Post("/v1/keys", $$$"""{"name":"{{{name}}}","role":"admin","namespaces":["*"],"claims":{"email":"ö@example.org"}}""");
        return (got.Is(201).String("keyId")!, got.String("key")!);
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_silo.DatabasePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.True(command.ExecuteNonQuery() > 0, sql);
    }
}
