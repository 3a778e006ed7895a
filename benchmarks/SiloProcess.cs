using System.Diagnostics;
using System.Net.Http.Headers;
using System.Reflection;

namespace ExecutionGrains.Bench;

/// <summary>A silo in a separate process, as in production. <see cref="DisposeAsync"/> ends it.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    public const string Key = "wT9yZq4mX2vKp7LsB6nDf3Rc8JhG5aUe";

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

    /// <summary>Client with an administrator's key.</summary>
    public HttpClient Http { get; }

    /// <summary>Process id.</summary>
    public int Id => _process.Id;

    /// <summary>Time from the start of the process to its first answer.</summary>
    public TimeSpan FirstAnswer { get; private set; }

    /// <param name="settings">The silo's settings; the keys are the names without <c>ExecutionGrains__</c>. The silo listens on a free port.</param>
    public static async Task<SiloProcess> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        var url = $"http://127.0.0.1:{Machine.FreePort()}";
        var path = typeof(SiloProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Silo").Value!;
        var start = new ProcessStartInfo("dotnet", [path]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new Dictionary<string, string>(settings) { ["Urls"] = url })
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
        // Read the output: if nothing reads a pipe, the process blocks once it is full.
        var (said, complained) = (_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
        var since = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
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
                    FirstAnswer = since.Elapsed;
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // The silo is not listening yet.
            }
        }
    }
}
