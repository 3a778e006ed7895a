using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>S50 with the program, as an operator runs it.</summary>
public sealed class BackupCommandTests : IDisposable
{
    private const string Listening = "      Now listening on: ";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("eg-backup-");
    private readonly CancellationToken _cancel = TestContext.Current.CancellationToken;
    private readonly SemaphoreSlim _reported = new(0);
    private HttpClient _http = new();

    private string BackupPath => Path.Combine(_folder.FullName, "backups", "monday.db");

    public void Dispose()
    {
        _reported.Dispose();
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task S50_A_backup_of_a_silo_under_load_is_restored_elsewhere_and_then_over_itself()
    {
        _folder.CreateSubdirectory("backups");
        var acknowledged = new ConcurrentBag<(string Id, string EventId)>();
        string[] ids = [.. Enumerable.Range(0, 8).Select(i => $"x{i}")];
        Dictionary<string, string> tokens = [];
        using (var here = Start("here"))
        {
            var link = new Uri((await here.LineAsync("Dashboard: ", _cancel))["Dashboard: ".Length..]);
            Speak(new Uri(link, "/"), await FileText("here", "admin.key"));
            foreach (var id in ids)
            {
                var made = await Post("/v1/executions", $$$"""{"executionId":"{{{id}}}","workflow":"w","start":{"workerId":"w1","incarnation":"i1"}}""");
                tokens[id] = made.GetProperty("token").GetString()!;
            }

            await Post("/v1/executions/over/events", """{"events":[{"eventId":"1","type":"execution.completed","outcome":"success"}]}""");
            using var stop = new CancellationTokenSource();
            var load = ids.Select(id => Load(id, acknowledged, stop.Token)).ToArray();
            for (var n = 0; n < 100; n++)
            {
                Assert.True(await _reported.WaitAsync(TimeSpan.FromSeconds(30), _cancel), "the load did not get going");
            }

            var before = acknowledged.ToArray();
            Assert.StartsWith("Backed up ", await Command("here", "Backed up ", "backup", BackupPath), StringComparison.Ordinal);
            Assert.True(acknowledged.Count > before.Length, "nothing was reported while the backup was taken");
            await stop.CancelAsync();
            await Task.WhenAll(load);
            acknowledged = [.. before];
        }

        OnlyItsOwnerReadsIt(BackupPath);
        await Command("there", "Restored ", "restore", BackupPath);
        OnlyItsOwnerReadsIt(Path.Combine(_folder.FullName, "there", "executiongrains.db"));
        using (var keyless = Start("there"))
        {
            var (code, error) = await keyless.EndAsync(_cancel);
            Assert.Equal(1, code);
            Assert.Matches(@"^ExecutionGrains cannot start: the secrets in this store are wrapped, and [^\n]*master\.key is not there: [^\n]+\n\z", error);
        }

        File.Copy(Path.Combine(_folder.FullName, "here", "master.key"), Path.Combine(_folder.FullName, "there", "master.key"));
        using (var there = Start("there"))
        {
            Speak(new Uri((await there.LineAsync(Listening, _cancel))[Listening.Length..]));
            await FencedOff(ids, tokens, acknowledged);
            Assert.Contains(" is held by process ", await Refusal("there", "restore", BackupPath), StringComparison.Ordinal);
            there.Kill();
        }

        await Command("there", "Restored ", "restore", BackupPath);
        Assert.Single(Directory.GetFiles(Path.Combine(_folder.FullName, "there"), "*.db.before-*Z"));
        using var again = Start("there");
        Speak(new Uri((await again.LineAsync(Listening, _cancel))[Listening.Length..]));
        await FencedOff(ids, tokens, acknowledged);
    }

    [Fact]
    public async Task S50_A_store_restored_by_other_tools_is_fenced_by_the_command()
    {
        using (var first = Start("here"))
        {
            var link = new Uri((await first.LineAsync("Dashboard: ", _cancel))["Dashboard: ".Length..]);
            Speak(new Uri(link, "/"), await FileText("here", "admin.key"));
            await Post("/v1/executions", """{"executionId":"x","workflow":"w","start":{"workerId":"w1","incarnation":"i1"}}""");
            Assert.Contains(" is held by process ", await Refusal("here", "fence"), StringComparison.Ordinal);
            first.Kill();
        }

        await Command("here", "The store is marked as restored.", "fence");

        using var second = Start("here");
        Speak(new Uri((await second.LineAsync(Listening, _cancel))[Listening.Length..]));
        var x = await Get("/v1/executions/x");
        Assert.Equal("pending", x.GetProperty("status").GetString());
        Assert.Equal("running", x.GetProperty("epochs")[0].GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_command_that_fails_gives_the_reason_and_changes_nothing()
    {
        var existing = Path.Combine(_folder.FullName, "existing.db");
        await File.WriteAllTextAsync(existing, "mine", _cancel);

        Assert.Contains("executiongrains.db is not there.", await Refusal("empty", "backup", BackupPath), StringComparison.Ordinal);
        Assert.Contains("existing.db exists, and a backup overwrites nothing.", await Refusal("empty", "backup", existing), StringComparison.Ordinal);
        Assert.Contains("the file is missing: backup FILE", await Refusal("empty", "backup"), StringComparison.Ordinal);
        Assert.Contains(
            "there is no such command; there are: backup FILE, restore FILE, fence, cluster certificates --out DIR",
            await Refusal("empty", "bakcup", existing),
            StringComparison.Ordinal);
        Assert.Contains("it takes no file, and was given ", await Refusal("empty", "fence", existing), StringComparison.Ordinal);
        Assert.Contains("file is not a database", await Refusal("empty", "restore", existing), StringComparison.Ordinal);

        Assert.Equal("mine", await File.ReadAllTextAsync(existing, _cancel));
        Assert.Equal("executiongrains.db.lock", Assert.Single(new DirectoryInfo(Path.Combine(_folder.FullName, "empty")).GetFiles()).Name);
    }

    /// <summary>Events that were answered before the backup are stored; earlier workers are told to stop; a new claim opens another epoch.</summary>
    private async Task FencedOff(string[] ids, Dictionary<string, string> tokens, IEnumerable<(string Id, string EventId)> acknowledged)
    {
        foreach (var id in ids)
        {
            var said = await EventsOf(id);
            Assert.Superset(acknowledged.Where(a => a.Id == id).Select(a => a.EventId).ToHashSet(), said);
            Assert.Equal("pending", (await Get($"/v1/executions/{id}")).GetProperty("status").GetString());

            var old = await Post(
                $"/v1/executions/{id}/events", """{"events":[{"eventId":"old","type":"execution.completed","outcome":"success"}]}""", tokens[id]);
            Assert.Equal("stale_epoch", old.GetProperty("results")[0].GetProperty("code").GetString());
            Assert.True(old.GetProperty("control").GetProperty("stop").GetBoolean());

            var claim = await Post($"/v1/executions/{id}/claim", """{"workerId":"w2","incarnation":"i1"}""");
            var epoch = claim.GetProperty("epoch").GetInt32();
            Assert.True(epoch > 1_000_000, $"epoch {epoch}");
            var next = await Post(
                $"/v1/executions/{id}/events",
                $$"""{"epoch":{{epoch}},"events":[{"eventId":"new","type":"execution.completed","outcome":"success"}]}""",
                claim.GetProperty("token").GetString());
            Assert.Equal("applied", next.GetProperty("results")[0].GetProperty("result").GetString());
        }

        Assert.Equal(
            ("succeeded", 1),
            ((await Get("/v1/executions/over")).GetProperty("status").GetString(), (await Get("/v1/executions/over")).GetProperty("epoch").GetInt32()));
        var audit = (await Get("/v1/audit")).GetProperty("items").EnumerateArray().Single(a => a.GetProperty("action").GetString() == "restore");
        Assert.StartsWith($"restored from a backup: {ids.Length} executions fenced off, ", audit.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    private async Task<HashSet<string>> EventsOf(string id)
    {
        HashSet<string> events = [];
        string? cursor = null;
        do
        {
            var page = await Get($"/v1/executions/{id}/history?limit=1000{(cursor is null ? string.Empty : $"&cursor={Uri.EscapeDataString(cursor)}")}");
            cursor = page.GetProperty("nextCursor").GetString();
            events.UnionWith(page.GetProperty("items").EnumerateArray().Select(h => h.GetProperty("eventId").GetString()!));
        }
        while (cursor is not null);
        return events;
    }

    private async Task Load(string id, ConcurrentBag<(string Id, string EventId)> acknowledged, CancellationToken stop)
    {
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var answer = await Post($"/v1/executions/{id}/events", $$"""{"events":[{"eventId":"e{{n}}","type":"log","message":"on its way"}]}""");
            Assert.Equal("applied", answer.GetProperty("results")[0].GetProperty("result").GetString());
            acknowledged.Add((id, $"e{n}"));
            _reported.Release();
        }
    }

    private async Task<string> FileText(string name, string file) => (await File.ReadAllTextAsync(Path.Combine(_folder.FullName, name, file), _cancel)).Trim();

    private SiloProcess Start(string name, params string[] arguments) => new(
        arguments,
        ("ExecutionGrains__DataPath", Path.Combine(_folder.FullName, name)),
        ("ExecutionGrains__Urls", "http://127.0.0.1:0"));

    /// <summary>The last line of its output.</summary>
    private async Task<string> Command(string name, string beginning, params string[] arguments)
    {
        using var command = Start(name, arguments);
        var line = await command.LineAsync(beginning, _cancel);
        Assert.Equal((0, string.Empty), await command.EndAsync(_cancel));
        return line;
    }

    private async Task<string> Refusal(string name, params string[] arguments)
    {
        using var command = Start(name, arguments);
        var (code, error) = await command.EndAsync(_cancel);
        Assert.Equal(1, code);
        Assert.Matches($@"^ExecutionGrains cannot {arguments[0]}: [^\n]+\n\z", error);
        return error;
    }

    private void Speak(Uri address, string? key = null)
    {
        var with = key is null ? _http.DefaultRequestHeaders.Authorization : new AuthenticationHeaderValue("Bearer", key);
        _http.Dispose();
        _http = new HttpClient { BaseAddress = address, DefaultRequestHeaders = { Authorization = with } };
    }

    private async Task<JsonElement> Get(string path) => await Read(await _http.GetAsync(path, _cancel));

    private async Task<JsonElement> Post(string path, string json, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = token is null ? _http.DefaultRequestHeaders.Authorization : new AuthenticationHeaderValue("Bearer", token);
        return await Read(await _http.SendAsync(request, _cancel));
    }

    private async Task<JsonElement> Read(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(_cancel);
        Assert.True(response.IsSuccessStatusCode, text);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    [SuppressMessage("Interoperability", "CA1416:Validate platform compatibility", Justification = "Tests run where files have modes.")]
    private static void OnlyItsOwnerReadsIt(string path) =>
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
}
