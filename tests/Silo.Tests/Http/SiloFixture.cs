using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>A whole silo on a free port with its own store; one for each test class.</summary>
public class SiloFixture : IAsyncLifetime
{
    public const string AdminKey = "the-first-admin-key-of-these-tests-0001";

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("eg-http-");
    private WebApplication? _app;
    private HttpClient? _http;
    private DescribedAnswers? _described;
    private int _sequence;

    protected virtual TimeProvider? Time => null;

    /// <summary>Additional settings, as <c>--ExecutionGrains:Name=value</c>.</summary>
    protected virtual IEnumerable<string> Settings => [];

    public WebApplication App => _app!;

    /// <summary>Replaces services for a test class.</summary>
    protected virtual void Compose(IServiceCollection services)
    {
    }

    public virtual Uri Address => new(App.Urls.First());

    public virtual async ValueTask InitializeAsync() => await StartAsync();

    /// <summary>Stops the silo and starts a new one on the same data, at another address.</summary>
    internal async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>The silo's data folder.</summary>
    internal string DataPath => _data.FullName;

    internal string DatabasePath => Path.Combine(DataPath, "executiongrains.db");

    internal async Task StartAsync()
    {
        string[] args =
        [
            $"--ExecutionGrains:DataPath={_data.FullName}",
            "--ExecutionGrains:Urls=http://127.0.0.1:0",
            $"--ExecutionGrains:Auth:BootstrapKey={AdminKey}",
            .. Settings,
        ];
        _app = await SiloProgram.BuildAsync(args, Time, Compose);
        await _app.StartAsync();
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
        using var document = JsonDocument.Parse(await _http.GetStringAsync("/openapi/v1.json"));
        _described = new DescribedAnswers(document.RootElement.Clone());
    }

    public virtual async ValueTask DisposeAsync()
    {
        await StopAsync();
        _data.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    internal async Task StopAsync()
    {
        _http?.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
            _app = null;
        }
    }

    /// <summary>Closes the client's connections.</summary>
    internal void LetGo() => _http?.Dispose();

    /// <summary>Signs in to the dashboard with a key, or with another field of the form.</summary>
    internal Task<Got> SignIn(string value, string field = "key") =>
        PostBytes("/signin", Encoding.ASCII.GetBytes($"{field}={value}"), "application/x-www-form-urlencoded");

    /// <summary>An execution id that no other test uses.</summary>
    public string NewId(string stem = "run") => $"{stem}-{Interlocked.Increment(ref _sequence)}";

    internal Task<Got> Get(string path, string? key = AdminKey) => Send(HttpMethod.Get, path, null, key);

    internal Task<Got> Post(string path, string json, string? key = AdminKey, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Post, path, Json(Encoding.UTF8.GetBytes(json)), key, headers);

    internal Task<Got> PostBytes(string path, byte[] body, string type = "application/json")
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return Send(HttpMethod.Post, path, content, AdminKey);
    }

    internal async Task<Got> Send(HttpMethod method, string path, HttpContent? content, string? key, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await _http!.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        _described!.Check(method, response, text);
        return new Got((int)response.StatusCode, text, response);
    }

    /// <summary>Creates, claims and starts an execution as worker w1.</summary>
    internal async Task<(string Id, string Token)> Running(string extra = "", string? key = AdminKey)
    {
        var id = NewId();
        var got = await Post("/v1/executions", $$$"""{"executionId":"{{{id}}}","workflow":"w","start":{"workerId":"w1","incarnation":"i1"}{{{extra}}}}""", key);
        return (id, got.Is(201).String("token")!);
    }

    internal async Task<string> Pending(string extra = "")
    {
        var id = NewId();
        (await Post("/v1/executions", $$"""{"executionId":"{{id}}","workflow":"w"{{extra}}}""")).Is(201);
        return id;
    }

    internal Task<Got> Report(string id, string events, string? key = AdminKey) =>
        Post($"/v1/executions/{id}/events", $$"""{"events":[{{events}}]}""", key);

    internal async Task<(string KeyId, string Key)> NewKey(string role, params string[] namespaces)
    {
        var list = JsonSerializer.Serialize(namespaces.Length == 0 ? ["*"] : namespaces);
        var got = await Post("/v1/keys", $$"""{"name":"a key","role":"{{role}}","namespaces":{{list}}}""");
        return (got.Is(201).String("keyId")!, got.String("key")!);
    }

    private static ByteArrayContent Json(byte[] utf8)
    {
        var content = new ByteArrayContent(utf8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}
