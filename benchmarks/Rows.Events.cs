using System.Diagnostics;

namespace ExecutionGrains.Bench;

/// <summary>Rows 1, 2, 3 and 6: durable events over the grain interface.</summary>
internal sealed partial class Rows
{
    private const int Concurrent = 256;
    private const int HotCallers = 64;

    /// <summary>Measures throughput with <see cref="Concurrent"/> executions, each with one caller.</summary>
    private async Task Throughput(string number, string what, int batch, Budget? budget)
    {
        await using var tracker = await OpenAsync($"row-{number}", TimeProvider.System);
        await Compare(number, what, await ReportAllAsync(tracker, batch), budget, tracker.Store);
    }

    /// <returns>A function that reports events for the given time, with one caller per execution.</returns>
    private static async Task<Func<TimeSpan, Task<Slice>>> ReportAllAsync(Tracker tracker, int batch)
    {
        var callers = Enumerable.Range(0, Concurrent).Select(i => (Execution: tracker.Execution($"execution-{i:000}"), Steps: new Steps($"{i}"))).ToArray();
        await Task.WhenAll(Enumerable.Range(0, Concurrent).Select(i => tracker.BeginAsync($"execution-{i:000}")));
        return time => Drive(time, Concurrent, async (i, _) =>
        {
            await Tracker.ReportAsync(callers[i].Execution, callers[i].Steps.Next(batch)).ConfigureAwait(false);
            return batch;
        });
    }

    private async Task HotExecution()
    {
        await using var tracker = await OpenAsync("hot", TimeProvider.System);
        await tracker.BeginAsync("hot");
        var hot = tracker.Execution("hot");
        var steps = Enumerable.Range(0, HotCallers).Select(i => new Steps($"{i}")).ToArray();
        await Compare(
            "3",
            $"one hot execution, {HotCallers} callers, one event per call",
            time => Drive(time, HotCallers, async (i, _) =>
            {
                await Tracker.ReportAsync(hot, steps[i].Next(1)).ConfigureAwait(false);
                return 1;
            }),
            OfPostgres(1.5),
            tracker.Store);
    }

    private async Task LateEvent()
    {
        const int rounds = 40;
        const int pairs = 10;
        await using var tracker = await OpenAsync("late", TimeProvider.System);
        await tracker.BeginAsync("old");
        var (old, oldSteps) = (tracker.Execution("old"), new Steps("o"));
        for (var events = 2; events < 50_000 - (rounds * pairs); events += 500)
        {
            await Tracker.ReportAsync(old, oldSteps.Next(500));
        }

        List<double> at50 = [], at50000 = [], ratios = [];
        for (var round = -5; round < rounds; round++)
        {
            var (young, youngSteps) = (tracker.Execution($"young-{round}"), new Steps("y"));
            await tracker.BeginAsync($"young-{round}");
            await Tracker.ReportAsync(young, youngSteps.Next(38));
            List<double> y = [], o = [];
            for (var i = 0; i < pairs; i++)
            {
                y.Add(await Latency(young, youngSteps));
                o.Add(await Latency(old, oldSteps));
            }

            if (round >= 0)
            {
                at50.AddRange(y);
                at50000.AddRange(o);
                ratios.Add(Median(o) / Median(y));
            }
        }

        var ratio = Median(at50000) / Median(at50);
        Add(
            "6", "latency of event 50,000 of one execution, compared with event 50; one caller, medians",
            $"{Median(at50000):N0} µs", $"{Median(at50):N0} µs", ratio,
            $"{ratio:0.00} (rounds' quartiles {Quantile(ratios, 0.25):0.00} to {Quantile(ratios, 0.75):0.00})", Budget.AtMost(1.1));
    }

    /// <summary>Reports the start and the end of one step, with one call and one commit each. Returns microseconds per commit.</summary>
    private static async Task<double> Latency(GrainInterfaces.IExecutionGrain execution, Steps steps)
    {
        var (start, end) = (steps.Next(1), steps.Next(1));
        var began = Stopwatch.GetTimestamp();
        await Tracker.ReportAsync(execution, start);
        await Tracker.ReportAsync(execution, end);
        return Stopwatch.GetElapsedTime(began).TotalMicroseconds / 2;
    }
}
