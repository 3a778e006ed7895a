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
    private readonly List<string> _lines = [];
    private readonly string[] _wrapper;
    private readonly SiloSettings _settings;
    private readonly int _siloPort = FreePort();
    private Process? _process;

    private SiloProcess(SiloSettings settings, int port, string[] wrapper)
    {
        (_settings, Port, _wrapper) = (settings, port, wrapper);
    }

    public int Port { get; }

    public Uri Address => new($"http://127.0.0.1:{Port}");

    public int Id => _process!.Id;

    /// <summary>Everything that the silo printed, across restarts.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
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
        string[] command = [.. _wrapper, "dotnet", Repository.SiloProgram];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in _settings.Environment(Port, _siloPort))
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"The silo ended by itself: {Output}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await ready.Task.WaitAsync(StartMax);

        void Read(string? line)
        {
            if (line is null)
            {
                return;
            }

            lock (_lines)
            {
                _lines.Add(line);
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
        _process!.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as an operator, systemd or Kubernetes stops it.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync(TimeSpan max)
    {
        Signal("TERM");
        await _process!.WaitForExitAsync().WaitAsync(max);
        return _process.ExitCode;
    }

    /// <summary>SIGSTOP: alive but not answering.</summary>
    public void Freeze() => Signal("STOP");

    /// <summary>SIGCONT.</summary>
    public void Thaw() => Signal("CONT");

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{name} {_process!.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
