using System.Diagnostics;

namespace ExecutionGrains.Bench;

/// <summary>Rows 1 to 4: durable events.</summary>
internal sealed partial class Rows
{
    private const int Concurrent = 256;
    private const int HotCallers = 64;

    /// <summary>256 executions at once, one caller each.</summary>
    private async Task Throughput(string what, string prefix, int batch, double? budget = null, string goal = "–")
    {
        await using var tracker = await OpenAsync(prefix, TimeProvider.System);
        var callers = Enumerable.Range(0, Concurrent).Select(i => (Execution: tracker.Execution($"{prefix}-{i:000}"), Steps: new Steps($"{i}"))).ToArray();
        await Task.WhenAll(Enumerable.Range(0, Concurrent).Select(i => tracker.BeginAsync($"{prefix}-{i:000}")));
        await Compare(what, tracker, time => Drive(time, Concurrent, async (i, _) =>
        {
            await Tracker.ReportAsync(callers[i].Execution, callers[i].Steps.Next(batch)).ConfigureAwait(false);
            return batch;
        }), budget, goal);
    }

    /// <summary>Row 1 without the store: what the grains and the commit queue can do at most.</summary>
    private async Task GrainsAlone()
    {
        await using var tracker = await OpenAsync("alone", TimeProvider.System, new ForgetfulStore());
        var callers = Enumerable.Range(0, Concurrent).Select(i => (Execution: tracker.Execution($"alone-{i:000}"), Steps: new Steps($"{i}"))).ToArray();
        await Task.WhenAll(Enumerable.Range(0, Concurrent).Select(i => tracker.BeginAsync($"alone-{i:000}")));
        Task<Slice> Measure(TimeSpan time) => Drive(time, Concurrent, async (i, _) =>
        {
            await Tracker.ReportAsync(callers[i].Execution, callers[i].Steps.Next(1)).ConfigureAwait(false);
            return 1;
        });
        await Measure(TimeSpan.FromSeconds(2));
        var alone = await Measure(TimeSpan.FromSeconds(2));
        _table.Add("1a. row 1 over a store that keeps nothing: grains and commit queue alone", Table.Rate(alone.PerSecond), "–", "–", "–", null);
    }

    private async Task HotExecution()
    {
        await using var tracker = await OpenAsync("hot", TimeProvider.System);
        await tracker.BeginAsync("hot");
        var hot = tracker.Execution("hot");
        var steps = Enumerable.Range(0, HotCallers).Select(i => new Steps($"{i}")).ToArray();
        await Compare("3. one hot execution, 64 callers, one event per call", tracker, time => Drive(time, HotCallers, async (i, _) =>
        {
            await Tracker.ReportAsync(hot, steps[i].Next(1)).ConfigureAwait(false);
            return 1;
        }), budget: null, goal: "– (PostgreSQL ≥ 1)");
    }

    /// <summary>Slices of the row and of the baseline by turns, so that whatever else the machine does hits both.</summary>
    private async Task Compare(string what, Tracker tracker, Func<TimeSpan, Task<Slice>> measure, double? budget, string goal)
    {
        await measure(TimeSpan.FromSeconds(2));
        var (ours, theirs) = (default(Slice), default(Slice));
        var (appends, transactions) = (tracker.Store.Appends, tracker.Store.Transactions);
        var ratios = new List<double>();
        for (var i = 0; i < 3; i++)
        {
            var b = _baseline.Measure(TimeSpan.FromSeconds(0.7));
            var o = await measure(TimeSpan.FromSeconds(1.3));
            (ours, theirs) = (ours + o, theirs + b);
            ratios.Add(o.PerSecond / b.PerSecond);
        }

        var ratio = ours.PerSecond / theirs.PerSecond;
        var perTransaction = (double)(tracker.Store.Appends - appends) / (tracker.Store.Transactions - transactions);
        _table.Add(
            what, $"{Table.Rate(ours.PerSecond)} ({perTransaction:N0} appends per transaction)", $"{Table.Rate(theirs.PerSecond)}, a transaction per event",
            $"{ratio:0.00} ({ratios.Min():0.00} to {ratios.Max():0.00})", budget is { } least ? $"≥ {least:0.#}" : goal, budget is null ? null : ratio >= budget);
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
        _table.Add(
            $"4. event 50,000 against event 50, one caller (medians of {at50.Count} tries, a step's start and end per try)",
            $"{Median(at50000):N0} µs", $"{Median(at50):N0} µs", $"{ratio:0.00} (rounds' quartiles {Quantile(ratios, 0.25):0.00} to {Quantile(ratios, 0.75):0.00})", "≤ 1.1", ratio <= 1.1);
    }

    /// <summary>Start and end of one step, one call and one commit each: microseconds per commit.</summary>
    private static async Task<double> Latency(GrainInterfaces.IExecutionGrain execution, Steps steps)
    {
        var (start, end) = (steps.Next(1), steps.Next(1));
        var began = Stopwatch.GetTimestamp();
        await Tracker.ReportAsync(execution, start);
        await Tracker.ReportAsync(execution, end);
        return Stopwatch.GetElapsedTime(began).TotalMicroseconds / 2;
    }
}
