using System.Diagnostics;
using ExecutionGrains.Testing;

namespace ExecutionGrains.Silo.Tests.Http;

/// <summary>The silo as a user starts it: a separate process, configured by its environment.</summary>
internal sealed class SiloProcess : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("eg-process-");
    private readonly Process _process;

    public SiloProcess(params (string Name, string Value)[] environment)
        : this([], environment)
    {
    }

    /// <param name="arguments">A command, or none.</param>
    public SiloProcess(string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [Repository.SiloProgram, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
            Environment = { ["ExecutionGrains__DataPath"] = _data.FullName },
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
    }

    public string KeyPath => Path.Combine(_data.FullName, "admin.key");

    /// <summary>The admin key that the silo's first start created.</summary>
    public async Task<string> KeyAsync(CancellationToken cancel) => (await File.ReadAllTextAsync(KeyPath, cancel)).Trim();

    /// <summary>The first line with this beginning.</summary>
    public async Task<string> LineAsync(string beginning, CancellationToken cancel)
    {
        while (await _process.StandardOutput.ReadLineAsync(cancel) is { } line)
        {
            if (line.StartsWith(beginning, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new InvalidOperationException($"The silo ended: {await _process.StandardError.ReadToEndAsync(cancel)}");
    }

    /// <summary>All lines up to the first with this beginning.</summary>
    public async Task<IReadOnlyList<string>> LinesUntilAsync(string beginning, CancellationToken cancel)
    {
        var lines = new List<string>();
        do
        {
            lines.Add(await LineAsync(string.Empty, cancel));
        }
        while (!lines[^1].StartsWith(beginning, StringComparison.Ordinal));

        return lines;
    }

    /// <summary>The output of a silo that ended by itself.</summary>
    public string Output { get; private set; } = string.Empty;

    /// <summary>Exit code and error stream of a silo that ends by itself.</summary>
    public async Task<(int Code, string Error)> EndAsync(CancellationToken cancel)
    {
        var output = _process.StandardOutput.ReadToEndAsync(cancel);
        var error = await _process.StandardError.ReadToEndAsync(cancel);
        Output = await output;
        await _process.WaitForExitAsync(cancel);
        return (_process.ExitCode, error);
    }

    /// <summary>The TCP ports on which the process listens, as Linux lists them.</summary>
    public IReadOnlyList<int> ListeningPorts()
    {
        var sockets = Directory.EnumerateFileSystemEntries($"/proc/{_process.Id}/fd")
            .Select(fd => new FileInfo(fd).LinkTarget).Where(target => target?.StartsWith("socket:[", StringComparison.Ordinal) == true)
            .Select(target => target!["socket:[".Length..^1]).ToHashSet();
        string[] tables = [$"/proc/{_process.Id}/net/tcp", $"/proc/{_process.Id}/net/tcp6"];
        return
        [
            .. tables.SelectMany(table => File.ReadLines(table).Skip(1))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(row => row[3] == "0A" && sockets.Contains(row[9]))
                .Select(row => Convert.ToInt32(row[1].Split(':')[1], 16)),
        ];
    }

    /// <summary>SIGTERM, as an operator stops it.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
        _data.Delete(recursive: true);
    }
}
