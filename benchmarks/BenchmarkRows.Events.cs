using System.Diagnostics;

namespace ExecutionGrains.Bench;

/// <summary>Rows 1, 2, 3 and 6: durable events over the grain interface.</summary>
internal sealed partial class BenchmarkRows
{
    private const int Concurrent = 256;
    private const int HotCallers = 64;

    /// <summary>Measures throughput with <see cref="Concurrent"/> executions, each with one caller.</summary>
    private async Task ThroughputAsync(string number, string what, int batch, Budget? budget)
    {
        await using var tracker = await OpenAsync($"row-{number}", TimeProvider.System);
        await CompareAsync(number, what, await ReportAllAsync(tracker, batch), budget, tracker.Store);
    }

    /// <returns>A function that reports events for the given time, with one caller per execution.</returns>
    private static async Task<Func<TimeSpan, Task<MeasuredSlice>>> ReportAllAsync(InProcessSilo tracker, int batch)
    {
        var callers = Enumerable.Range(0, Concurrent)
            .Select(i => (Execution: tracker.Execution($"execution-{i:000}"), Steps: new StepEventGenerator($"{i}"))).ToArray();
        await Task.WhenAll(Enumerable.Range(0, Concurrent).Select(i => tracker.BeginAsync($"execution-{i:000}")));
        return time => RunCallersAsync(time, Concurrent, async (i, _) =>
        {
            await InProcessSilo.ReportAsync(callers[i].Execution, callers[i].Steps.Next(batch)).ConfigureAwait(false);
            return batch;
        });
    }

    private async Task HotExecutionAsync()
    {
        await using var tracker = await OpenAsync("hot", TimeProvider.System);
        await tracker.BeginAsync("hot");
        var hot = tracker.Execution("hot");
        var steps = Enumerable.Range(0, HotCallers).Select(i => new StepEventGenerator($"{i}")).ToArray();
        await CompareAsync(
            "3",
            $"one hot execution, {HotCallers} callers, one event per call",
            time => RunCallersAsync(time, HotCallers, async (i, _) =>
            {
                await InProcessSilo.ReportAsync(hot, steps[i].Next(1)).ConfigureAwait(false);
                return 1;
            }),
            OfPostgres(1.5),
            tracker.Store);
    }

    private async Task LateEventAsync()
    {
        const int rounds = 40;
        const int pairs = 10;
        await using var tracker = await OpenAsync("late", TimeProvider.System);
        await tracker.BeginAsync("old");
        var (old, oldSteps) = (tracker.Execution("old"), new StepEventGenerator("o"));
        for (var events = 2; events < 50_000 - (rounds * pairs); events += 500)
        {
            await InProcessSilo.ReportAsync(old, oldSteps.Next(500));
        }

        List<double> at50 = [], at50000 = [], ratios = [];
        for (var round = -5; round < rounds; round++)
        {
            var (young, youngSteps) = (tracker.Execution($"young-{round}"), new StepEventGenerator("y"));
            await tracker.BeginAsync($"young-{round}");
            await InProcessSilo.ReportAsync(young, youngSteps.Next(38));
            List<double> y = [], o = [];
            for (var i = 0; i < pairs; i++)
            {
                y.Add(await LatencyAsync(young, youngSteps));
                o.Add(await LatencyAsync(old, oldSteps));
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
    private static async Task<double> LatencyAsync(GrainInterfaces.IExecutionGrain execution, StepEventGenerator steps)
    {
        var (start, end) = (steps.Next(1), steps.Next(1));
        var began = Stopwatch.GetTimestamp();
        await InProcessSilo.ReportAsync(execution, start);
        await InProcessSilo.ReportAsync(execution, end);
        return Stopwatch.GetElapsedTime(began).TotalMicroseconds / 2;
    }
}
