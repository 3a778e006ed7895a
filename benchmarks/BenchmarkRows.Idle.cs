using System.Globalization;

namespace ExecutionGrains.Bench;

/// <summary>Row 14: start time, memory and CPU of a silo without callers.</summary>
internal sealed partial class BenchmarkRows
{
    /// <summary>The row that the command line also calls <c>idle</c>.</summary>
    public const int IdleRow = 14;

    private const int IdleStarts = 5;

    /// <summary>Time before the measurement, in which background compilation ends.</summary>
    private static readonly TimeSpan IdleBefore = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan IdleMeasured = TimeSpan.FromMinutes(1);

    private async Task IdleSiloAsync()
    {
        var answers = new List<double>();
        for (var start = 1; start < IdleStarts; start++)
        {
            await using var brief = await StartSiloAsync($"idle-{start}");
            answers.Add(brief.FirstAnswer.TotalSeconds);
        }

        await using var silo = await StartSiloAsync("idle");
        answers.Add(silo.FirstAnswer.TotalSeconds);
        var seconds = string.Join(", ", answers.Select(a => a.ToString("0.00", CultureInfo.InvariantCulture)));
        Table.LogProgress($"first answers after {seconds} s; idle for two minutes …");
        await Task.Delay(IdleBefore);
        var before = ProcessFigures.Of(silo.Id);
        await Task.Delay(IdleMeasured);
        var after = ProcessFigures.Of(silo.Id);
        var mib = after.ResidentBytes / (1024.0 * 1024.0);
        var cpu = (after.Cpu - before.Cpu).TotalMilliseconds / IdleMeasured.TotalSeconds;
        var first = Median(answers);
        Add(
            "14a", $"first answer of a silo process, median of {IdleStarts}", $"{first:0.00} s ({answers.Min():0.00} to {answers.Max():0.00})", "–",
            first, $"{first:0.00} s", Budget.AtMost(2, "s"));
        Add("14b", "memory of an idle silo", $"{mib:0} MiB resident", "–", mib, $"{mib:0} MiB", Budget.AtMost(120, "MiB"));
        Add("14c", "CPU of an idle silo", $"{cpu:0.0} ms per second", "–", cpu, $"{cpu:0.0} ms", Budget.AtMost(10, "ms"));
    }
}
