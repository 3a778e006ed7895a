using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace ExecutionGrains.Faults;

/// <summary>Callers that use as many resources as they can, with and without a key, against a silo with little memory.</summary>
public sealed class AttackFaults(ITestOutputHelper output) : IDisposable
{
    private const int WorkerCount = 64;
    private const int SilentSockets = 500;
    private static readonly TimeSpan LatencyMax = TimeSpan.FromMilliseconds(250);
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("eg-attack-");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task D32_D33_D34_D41_at_once_cost_no_worker_a_report_and_the_memory_returns()
    {
        await using var silo = await SiloProcess.StartAsync(new SiloSettings(_data.FullName)
        {
            Others = new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "20000000" }, // 512 MiB, in hexadecimal as .NET reads it.
        });
        using var api = new TrackerApi(silo.Address, TimeSpan.FromSeconds(30));
        var book = new Acknowledged();
        await using var workers = new Workers([api], book);
        await workers.StartAsync(WorkerCount, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(0.5));
        await ProcessFaults.RoundsAsync(book, 2 * WorkerCount);
        var before = MemoryOf(silo.Id);
        workers.MeasureAnew();

        using var over = new CancellationTokenSource();
        using var attacker = new TrackerApi(silo.Address, TimeSpan.FromSeconds(30));
        List<TcpClient> sockets = [];
        Task[] attacks =
        [
            OpenAsync(silo.Address, sockets),
            LoopAsync(() => attacker.TryGetAsync("/openapi/v1.json"), over.Token),
            LoopAsync(() => attacker.TryGetAsync("/v1/executions?" + Labels(32)), over.Token),
            LoopAsync(() => attacker.TryGetAsync("/v1/executions?" + Labels(3_000)), over.Token),
            FloodAsync(attacker, over.Token),
        ];
        // A report has three events: 20 s at the workers' pace.
        await ProcessFaults.RoundsAsync(book, 120 * WorkerCount);
        await over.CancelAsync();
        await Task.WhenAll(attacks);
        sockets.ForEach(socket => socket.Dispose());
        var under = MemoryOf(silo.Id);
        await workers.FinishAsync();

        output.WriteLine(
            $"p50 {workers.LatencyAt(0.5).TotalMilliseconds:0} ms, p99 {workers.LatencyAt(0.99).TotalMilliseconds:0} ms; "
            + $"{before >> 20} MiB before, {under >> 20} MiB under attack");
        Assert.Empty(workers.Surprises);
        Assert.Equal(0, workers.SentAgain);
        Assert.InRange(workers.LatencyAt(0.99), TimeSpan.Zero, LatencyMax);
        Assert.Equal(WorkerCount, await api.CountAsync("succeeded"));
        Assert.Empty(await book.DifferencesAsync(api));
        Assert.DoesNotContain("OutOfMemory", silo.Output, StringComparison.Ordinal);
        await ProcessFaults.UntilAsync(() => Task.FromResult(MemoryOf(silo.Id) < before + (256L << 20)), TimeSpan.FromMinutes(2));
    }

    /// <summary>Announces bodies of 4 MiB, and sends none.</summary>
    private static async Task OpenAsync(Uri silo, List<TcpClient> sockets)
    {
        var head = Encoding.ASCII.GetBytes(
            $"POST /v1/events HTTP/1.1\r\nHost: {silo.Authority}\r\nContent-Type: application/json\r\nContent-Length: 4194304\r\n\r\n");
        for (var n = 0; n < SilentSockets; n++)
        {
            var socket = new TcpClient();
            sockets.Add(socket);
            try
            {
                await socket.ConnectAsync(silo.Host, silo.Port);
                await socket.GetStream().WriteAsync(head);
            }
            catch (Exception refused) when (refused is SocketException or IOException)
            {
                // The silo accepts no more connections, as the test expects.
                return;
            }
        }
    }

    private static string Labels(int count) => string.Join('&', Enumerable.Range(0, count).Select(n => $"label=k{n}:v"));

    private static async Task LoopAsync(Func<Task> attack, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await attack();
        }
    }

    /// <summary>Sends log lines of 16 KiB with a run token, 200 per call, until they are refused and beyond.</summary>
    private static async Task FloodAsync(TrackerApi attacker, CancellationToken over)
    {
        await attacker.TryPostAsync(
            "/v1/executions", """{"executionId":"flood","workflow":"w","heartbeatTimeoutSeconds":null,"start":{"workerId":"w","incarnation":"i"}}""", over);
        var line = new string('x', 16_000);
        for (var call = 0; !over.IsCancellationRequested; call++)
        {
            var events = Enumerable.Range(0, 200).Select(n => JsonSerializer.Serialize(new { type = "log", eventId = $"{call}-{n}", message = line }));
            await attacker.TryPostAsync("/v1/executions/flood/events", $$"""{"epoch":1,"events":[{{string.Join(',', events)}}]}""", over);
        }
    }

    /// <summary>Resident memory of a process, in bytes.</summary>
    private static long MemoryOf(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line["VmRSS:".Length..^"kB".Length], System.Globalization.CultureInfo.InvariantCulture);
    }
}
