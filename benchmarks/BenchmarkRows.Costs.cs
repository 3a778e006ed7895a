using System.Globalization;

namespace ExecutionGrains.Bench;

/// <summary>Row 13: storage, WAL and CPU per event, for sizing (docs/scale-out.md).</summary>
internal sealed partial class BenchmarkRows
{
    private static readonly TimeSpan CostTime = TimeSpan.FromSeconds(4);

    private async Task CostsAsync()
    {
        await CostAsync("13a", "cost of an event, one event per call (as row 1)", batch: 1);
        await CostAsync("13b", "cost of an event, batches of 20 per call (as row 2)", batch: 20);
    }

    private async Task CostAsync(string number, string what, int batch)
    {
        await using var tracker = await OpenAsync($"cost-{number}", TimeProvider.System);
        var report = await ReportAllAsync(tracker, batch);
        await report(WarmUp);
        var (before, cpuBefore) = (await _store.ResourceUsageAsync(), Environment.CpuUsage.TotalTime);
        var events = (await report(CostTime)).Count;
        var (after, cpuAfter) = (await _store.ResourceUsageAsync(), Environment.CpuUsage.TotalTime);
        var stored = (after.Stored - before.Stored) / (double)events;
        var (own, server) = ((cpuAfter - cpuBefore).TotalMicroseconds / events, (after.ServerCpu - before.ServerCpu).TotalMicroseconds / events);
        var log = after.Logged - before.Logged is { } logged ? $", {Bytes(logged / (double)events)} of WAL" : string.Empty;
        var cpu = server > 0
            ? $"{own:0.0} µs of the silo and its callers, {server:0.0} µs of the server"
            : $"{own:0.0} µs of the silo, its store and its callers";
        Add(number, what, $"{Bytes(stored)} stored{log}; CPU: {cpu}", $"{events:N0} events", stored, "–", null);
    }

    private static string Bytes(double bytes) => bytes.ToString("N0", CultureInfo.InvariantCulture) + " bytes";
}
