using System.Diagnostics;
using System.Net.Http.Headers;
using System.Reflection;

namespace ExecutionGrains.Bench;

/// <summary>The silo as people run it, in a process of its own; it ends with <see cref="DisposeAsync"/>.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private const string Key = "bench-bench-bench-bench-bench-bench";

    private readonly Process _process;

    private SiloProcess(Process process, Uri url)
    {
        _process = process;
        Http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = url,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Key) },
        };
    }

    /// <summary>Calls it as an administrator.</summary>
    public HttpClient Http { get; }

    /// <param name="settings">Where its store is.</param>
    /// <param name="folder">Its data folder.</param>
    public static async Task<SiloProcess> StartAsync(IReadOnlyDictionary<string, string> settings, string folder)
    {
        var url = $"http://127.0.0.1:{Machine.FreePort()}";
        var path = typeof(SiloProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Silo").Value!;
        var start = new ProcessStartInfo("dotnet", [path]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings.Append(new("DataPath", folder)).Append(new("Urls", url)).Append(new("Auth__BootstrapKey", Key)))
        {
            start.Environment[$"ExecutionGrains__{name}"] = value;
        }

        var silo = new SiloProcess(Process.Start(start)!, new(url));
        try
        {
            await silo.ReadyAsync();
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadyAsync()
    {
        // Nobody else reads what it says; an unread pipe would stop it in the end.
        var (said, complained) = (_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await timer.WaitForNextTickAsync())
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"The silo did not start: {await complained} {await said}");
            }

            try
            {
                using var answer = await Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
        }
    }
}
