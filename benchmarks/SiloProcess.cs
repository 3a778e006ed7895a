using System.Diagnostics;
using System.Net.Http.Headers;
using System.Reflection;

namespace ExecutionGrains.Bench;

/// <summary>The silo as people run it, in a process of its own; it ends with <see cref="DisposeAsync"/>.</summary>
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

    /// <summary>Calls it as an administrator.</summary>
    public HttpClient Http { get; }

    /// <summary>Of the process.</summary>
    public int Id => _process.Id;

    /// <summary>From the start of the process to its first answer.</summary>
    public TimeSpan FirstAnswer { get; private set; }

    /// <param name="settings">Its settings, by their names after <c>ExecutionGrains__</c>; it listens at a free port.</param>
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
        // Nobody else reads what it says; an unread pipe would stop it in the end.
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
                // It does not listen yet.
            }
        }
    }
}
