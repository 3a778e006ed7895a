using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using System.Text.Json;
using ExecutionGrains.Hosting.Settings;
using ExecutionGrains.Samples.OwnSilo;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace ExecutionGrains.Hosting.Tests;

/// <summary>The app of samples/OwnSilo on free ports, on SQLite.</summary>
public sealed class OwnSilo : IAsyncLifetime
{
    private const string AdminKey = "own-silo-Qm7tV2xK9wZ4pL8nR3sD6fH1";

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("eg-own-");
    private WebApplication? _app;
    private HttpClient? _http;

    public async ValueTask InitializeAsync()
    {
        var (silo, gateway) = FreePorts();
        string[] args = ["--urls=http://127.0.0.1:0", $"--SiloPort={silo}", $"--GatewayPort={gateway}", "--Logging:LogLevel:Default=Error"];
        _app = OwnSiloApp.Build(args, new ExecutionGrainsOptions { DataPath = _data.FullName, BootstrapKey = AdminKey, DashboardPath = "/tracker" });
        await _app.StartAsync();
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new(_app.Urls.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        _data.Delete(recursive: true);
    }

    /// <summary>The paths of the tracker's endpoints, found by the assembly of their handlers.</summary>
    public IReadOnlyList<string> TrackerRoutes() =>
    [
        .. ((IEndpointRouteBuilder)_app!).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<MethodInfo>()?.DeclaringType?.Assembly == typeof(ExecutionGrainsOptions).Assembly)
            .Select(route => $"/{route.RoutePattern.RawText!.TrimStart('/')}").Distinct(),
    ];

    /// <param name="json">The body; null: none.</param>
    /// <param name="isTracker">Whether the request has the tracker's API key.</param>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? json = null, bool isTracker = false)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        if (isTracker)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        }

        return await _http!.SendAsync(request);
    }

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    /// <summary>A call of the tracker's API, which must succeed.</summary>
    public async Task<JsonElement> TrackAsync(HttpMethod method, string path, string? json = null)
    {
        using var response = await SendAsync(method, path, json, isTracker: true);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        return JsonElement.Parse(text);
    }

    private static (int, int) FreePorts()
    {
        using TcpListener one = new(IPAddress.Loopback, 0), other = new(IPAddress.Loopback, 0);
        one.Start();
        other.Start();
        return (((IPEndPoint)one.LocalEndpoint).Port, ((IPEndPoint)other.LocalEndpoint).Port);
    }
}
