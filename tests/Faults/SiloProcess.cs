using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ExecutionGrains.Testing;
using Xunit;

namespace ExecutionGrains.Faults;

/// <summary>A silo process that a test may kill, stop and restart on the same ports.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(2);
    private readonly List<string> lines = [];
    private readonly string[] wrapper;
    private readonly SiloSettings settings;
    private readonly int siloPort = FreePort();
    private Process? process;

    private SiloProcess(SiloSettings settings, int port, string[] wrapper)
    {
        (this.settings, Port, this.wrapper) = (settings, port, wrapper);
    }

    public int Port { get; }

    public Uri Address => new($"http://127.0.0.1:{Port}");

    public int Id => process!.Id;

    /// <summary>Everything that the silo printed, across restarts.</summary>
    public string Output
    {
        get
        {
            lock (lines)
            {
                return string.Join('\n', lines);
            }
        }
    }

    /// <summary>Starts a silo and waits until it is ready.</summary>
    /// <param name="wrapper">A command that runs the command that follows it, such as <c>unshare -rm …</c>; empty for none.</param>
    public static async Task<SiloProcess> StartAsync(SiloSettings settings, params string[] wrapper)
    {
        var silo = new SiloProcess(settings, FreePort(), wrapper);
        await silo.StartAgainAsync();
        return silo;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async Task StartAgainAsync()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        string[] command = [.. wrapper, "dotnet", Repository.SiloProgram];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings.Environment(Port, siloPort))
        {
            start.Environment[name] = value;
        }

        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"The silo ended by itself: {Output}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await ready.Task.WaitAsync(StartMax);

        void Read(string? line)
        {
            if (line is null)
            {
                return;
            }

            lock (lines)
            {
                lines.Add(line);
            }

            if (line.Contains("Application started", StringComparison.Ordinal))
            {
                ready.TrySetResult();
            }
        }
    }

    /// <summary>kill -9, with requests in flight.</summary>
    public async Task KillAsync()
    {
        process!.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as an operator, systemd or Kubernetes stops it.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync(TimeSpan max)
    {
        Signal("TERM");
        await process!.WaitForExitAsync().WaitAsync(max);
        return process.ExitCode;
    }

    /// <summary>SIGSTOP: alive but not answering.</summary>
    public void Freeze() => Signal("STOP");

    /// <summary>SIGCONT.</summary>
    public void Thaw() => Signal("CONT");

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            await KillAsync();
        }

        process?.Dispose();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{name} {process!.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
