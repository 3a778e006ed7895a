using System.Diagnostics;
using System.Globalization;

namespace ExecutionGrains.Bench;

/// <summary>Date, machine and machine load of a run.</summary>
internal sealed class RunInfo(string probe)
{
    private readonly DateTime _at = DateTime.UtcNow;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly string _loadBefore = Machine.Load;
    private readonly double _syncBefore = Machine.SyncMicroseconds(probe);
    private string _loadAfter = "?";
    private double _syncAfter;

    public List<string> Engines { get; } = [];

    public string Date => _at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";

    public string Where =>
        $"{Machine.Processor}, 4 KiB to the disk in {_syncBefore:N0} µs before and {_syncAfter:N0} µs after, "
        + $"load average {_loadBefore} before and {_loadAfter} after";

    /// <summary>Records disk speed and load at the end of the run.</summary>
    public void End() => (_loadAfter, _syncAfter) = (Machine.Load, Machine.SyncMicroseconds(probe));

    public override string ToString() =>
        $"{Date}, {Where}, .NET {Environment.Version}, {BenchRuntime.Name}; {string.Join("; ", Engines)}; {_watch.Elapsed.TotalMinutes:0.0} minutes.";
}
