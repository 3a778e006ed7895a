using System.Diagnostics;

namespace ExecutionGrains.Bench;

/// <summary>
/// Row 5: latency of an answer at 10,000 events/s. Calls are made on a fixed schedule, whether or not earlier calls have been answered. Latency counts from the
/// scheduled time.
/// </summary>
internal sealed partial class BenchmarkRows
{
    private const int EventsPerSecond = 10_000;
    private const double AnswerMilliseconds = 15;

    private async Task AnswersAsync()
    {
        await AnswersOfGrainsAsync();
        await _store.DropEarlierDatabasesAsync();
        await AnswersOverHttpAsync();
    }

    private async Task AnswersOfGrainsAsync()
    {
        await using var tracker = await OpenAsync("answers", TimeProvider.System);
        var callers = Enumerable.Range(0, Concurrent)
            .Select(i => (Execution: tracker.Execution($"answer-{i:000}"), Steps: new StepEventGenerator($"{i}"))).ToArray();
        await Task.WhenAll(Enumerable.Range(0, Concurrent).Select(i => tracker.BeginAsync($"answer-{i:000}")));
        Task CallAsync(int i) => InProcessSilo.ReportAsync(callers[i % Concurrent].Execution, callers[i % Concurrent].Steps.Next(1));
        await RunOnScheduleAsync(WarmUp, EventsPerSecond, CallAsync);
        var (times, rate) = await RunOnScheduleAsync(TimeSpan.FromSeconds(8), EventsPerSecond, CallAsync);
        AddAnswers("5a", $"latency over the grain interface at {EventsPerSecond:N0} events/s, one per call, {Concurrent} executions: p99", times, rate);
    }

    /// <summary>Batches create the load. Calls with one event are made between them, and only these are timed.</summary>
    private async Task AnswersOverHttpAsync()
    {
        const int probesPerSecond = 100;
        const int batchesPerSecond = (EventsPerSecond - probesPerSecond) / HttpBatch;
        await using var silo = await StartSiloAsync("answers");
        // An execution sends its reports one after the other, so use enough executions that no report waits for the previous one.
        var load = Enumerable.Range(0, 2 * batchesPerSecond).Select(i => new HttpReporter(silo.Http, $"load-{i:000}")).ToArray();
        var probes = Enumerable.Range(0, 2 * probesPerSecond).Select(i => new HttpReporter(silo.Http, $"probe-{i:000}")).ToArray();
        await Task.WhenAll(load.Concat(probes).Select(r => r.BeginAsync()));
        async Task<(double[] Times, double Rate)> BothAsync(TimeSpan time)
        {
            var loading = RunOnScheduleAsync(time, batchesPerSecond, i => load[i % load.Length].ReportAsync(HttpBatch));
            var probing = await RunOnScheduleAsync(time, probesPerSecond, i => probes[i % probes.Length].ReportAsync(1));
            return (probing.Times, probing.Rate + (HttpBatch * (await loading).Rate));
        }

        await BothAsync(WarmUp);
        var (times, rate) = await BothAsync(TimeSpan.FromSeconds(8));
        AddAnswers(
            "5b", $"latency over HTTP to another process at {EventsPerSecond:N0} events/s, most of them in batches of {HttpBatch}: p99", times, rate);
    }

    private void AddAnswers(string number, string what, double[] times, double rate)
    {
        var p99 = Quantile(times, 0.99);
        Add(
            number, what, $"p99 {p99:N1} ms, p50 {Median(times):N1} ms, of {times.Length:N0}", $"{Table.Rate(rate)} answered", p99, $"{p99:N1} ms",
            Budget.AtMost(AnswerMilliseconds, "ms"));
    }

    /// <summary>
    /// Makes calls on a fixed schedule. Uses a sleeping thread instead of .NET timers: those have a resolution of 4 ms (Linux's coarse clock), so they would
    /// release 40 to 80 calls at once, all of them late.
    /// </summary>
    /// <returns>Milliseconds from each call's scheduled time to its answer, and the rate of answers until the last one.</returns>
    private static async Task<(double[] Times, double Rate)> RunOnScheduleAsync(TimeSpan time, int perSecond, Func<int, Task> call)
    {
        var times = new double[(int)(perSecond * time.TotalSeconds)];
        var answers = new Task[times.Length];
        var clock = Stopwatch.StartNew();
        await Task.Factory.StartNew(Start, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.WhenAll(answers);
        return (times, times.Length / clock.Elapsed.TotalSeconds);

        void Start()
        {
            for (var next = 0; next < times.Length; Thread.Sleep(1))
            {
                // The first call is due immediately.
                for (var due = Math.Min(times.Length, 1 + (int)(clock.Elapsed.TotalSeconds * perSecond)); next < due; next++)
                {
                    answers[next] = TimedAsync(next);
                }
            }
        }

        async Task TimedAsync(int i)
        {
            await call(i).ConfigureAwait(false);
            times[i] = clock.Elapsed.TotalMilliseconds - (1_000.0 * i / perSecond);
        }
    }
}
