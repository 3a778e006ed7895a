using System.Diagnostics;
using ExecutionGrains.Hosting.Http;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage;
using ExecutionGrains.Storage.Lists;

namespace ExecutionGrains.Bench;

/// <summary>Rows 9 and 10: list pages and statistics, as the dashboard reads them, among 1,000,000 executions.</summary>
internal sealed partial class BenchmarkRows
{
    private const int ManyExecutions = 1_000_000;
    private const int PageSize = 50;

    private static readonly (string Name, Func<ExecutionState, ExecutionFilter, ExecutionFilter> With)[] Combined =
    [
        ("status", (like, f) => f with { Status = [like.Status] }),
        ("workflow", (like, f) => f with { Workflow = [like.Workflow] }),
        ("namespace", (like, f) => f with { Namespace = [like.Namespace] }),
        ("time", (like, f) => f with { StartedAfter = like.CreatedAt.AddMinutes(-30), StartedBefore = like.CreatedAt.AddMinutes(30) }),
    ];

    private static readonly (string Name, Func<ExecutionState, ExecutionFilter, ExecutionFilter> With)[] Filters =
    [
        ("no filter", (_, f) => f),
        .. Combined,
        ("startedAfter", (like, f) => f with { StartedAfter = like.CreatedAt }),
        ("startedBefore", (like, f) => f with { StartedBefore = like.CreatedAt }),
        ("cause", (like, f) => f with { Cause = [like.Cause ?? Cause.Timeout] }),
        ("worker", (like, f) => f with { Worker = [like.Worker!.WorkerId] }),
        ("triggeredBy", (like, f) => f with { TriggeredBy = [like.Facts.TriggeredBy ?? like.CreatedBy] }),
        ("label of 1 in 5", (like, f) => f with { Label = [new("region", like.Facts.Labels!["region"])] }),
        ("label of 1 in 400", (like, f) => f with { Label = [new("team", like.Facts.Labels!["team"])] }),
        ("resolution", (like, f) => f with { Resolution = [(Resolution)(like.CreatedAt.Ticks / 10 % 3)] }),
        ("late", (_, f) => f with { Late = true }),
        ("q of an id", (like, f) => f with { Prefix = like.Id.Value[..^8] }),
        ("q of all ids", (_, f) => f with { Prefix = "run-" }),
        ("q of a workflow", (like, f) => f with { Prefix = like.Workflow }),
        ("q of all workflows", (_, f) => f with { Prefix = "workflow" }),
        ("epochStatus", (like, f) => f with { EpochStatus = [like.Status] }),
        ("epochEnded", (like, f) => f with { EpochEndedAfter = like.CreatedAt, EpochEndedBefore = like.CreatedAt.AddMinutes(30) }),
        ("ended", (like, f) => f with { EndedAfter = like.CreatedAt, EndedBefore = like.CreatedAt.AddMinutes(30) }),
        ("by start", (_, f) => f with { Sort = ListSort.Started }),
        ("by end", (_, f) => f with { Sort = ListSort.Ended }),
        ("by duration", (_, f) => f with { Sort = ListSort.Duration }),
    ];

    private async Task ListsAsync()
    {
        const int tries = 100;
        var now = DateTimeOffset.UtcNow;
        var clock = Stopwatch.StartNew();
        await using var opened = await _store.OpenSeededAsync("lists", ManyExecutions, now);
        var store = opened.Reads;
        Table.LogProgress($"seeded in {clock.Elapsed.TotalSeconds:N0} s");
        var random = new Random(1);
        var sample = await SampleAsync(opened, now, random);
        var asks = Asked().ToList();
        for (var warming = Stopwatch.StartNew(); warming.Elapsed < WarmUp;)
        {
            var (_, filter) = asks[random.Next(asks.Count)];
            await store.ListAsync(filter(sample[random.Next(sample.Count)], sample[random.Next(sample.Count)]), PageSize, null, CancellationToken.None);
            await opened.Executions.LoadAsync(sample[random.Next(sample.Count)].Id, CancellationToken.None);
        }

        // Cycle through the filters, so that a short disturbance of the machine affects each filter once instead of one filter repeatedly.
        var (reads, pages) = (asks.ConvertAll(_ => new List<double>()), asks.ConvertAll(_ => new List<double>()));
        for (var i = -3; i < tries; i++)
        {
            foreach (var (n, (_, filter)) in asks.Index())
            {
                var asked = filter(sample[random.Next(sample.Count)], sample[random.Next(sample.Count)]);
                var read = await MicrosecondsAsync(() => opened.Executions.LoadAsync(sample[random.Next(sample.Count)].Id, CancellationToken.None));
                var page = await MicrosecondsAsync(() => store.ListAsync(asked, PageSize, null, CancellationToken.None));
                if (i >= 0)
                {
                    reads[n].Add(read);
                    pages[n].Add(page);
                }
            }
        }

        var keyReads = reads.SelectMany(r => r).ToList();
        var worst = (Name: string.Empty, P95: 0.0);
        var (over, count) = (0, asks.Count);
        foreach (var (n, (name, _)) in asks.Index())
        {
            var p95 = Quantile(pages[n], 0.95);
            over += p95 > 20 * Median(reads[n]) ? 1 : 0;
            worst = p95 > worst.P95 ? (name, p95) : worst;
            Table.LogProgress($"{name}: p50 {Median(pages[n]):N0} µs, p95 {p95:N0} µs, {p95 / Median(reads[n]):0.0} × {Median(reads[n]):N1} µs");
        }

        var key = Median(keyReads);
        var ratio = worst.P95 / key;
        Add(
            "9", $"list page of {PageSize} among {ManyExecutions:N0} executions, {count} filters and pairs of filters: p95 of the slowest",
            $"{worst.P95:N0} µs, {worst.Name}",
            $"{key:N1} µs, a primary-key read", ratio, $"{ratio:0.0} ({over} of {count} above 20)", Budget.AtMost(20));
        await StatsAsync(store, now, sample, random);
    }

    private async Task StatsAsync(IExecutionReads store, DateTimeOffset now, List<ExecutionState> sample, Random random)
    {
        (string Name, Func<ExecutionState, (string? Workflow, string[]? Namespaces)> Ask)[] asked =
        [
            ("all", _ => (null, null)),
            ("a namespace", like => (null, [like.Namespace])),
            ("a workflow", like => (like.Workflow, null)),
            ("a workflow in a namespace", like => (like.Workflow, [like.Namespace])),
        ];
        var worst = (Name: string.Empty, P95: 0.0);
        foreach (var (name, ask) in asked)
        {
            var times = new List<double>();
            for (var i = -3; i < 40; i++)
            {
                var (workflow, namespaces) = ask(sample[random.Next(sample.Count)]);
                var took = await MicrosecondsAsync(async () =>
                {
                    await store.FiguresAsync(now.AddDays(-1), now, workflow, namespaces, CancellationToken.None);
                    return await store.OldestRunningAsync(workflow, namespaces, 10, CancellationToken.None);
                });
                if (i >= 0)
                {
                    times.Add(took / 1_000);
                }
            }

            var p95 = Quantile(times, 0.95);
            worst = p95 > worst.P95 ? (name, p95) : worst;
            Table.LogProgress($"stats of {name}: p50 {Median(times):N1} ms, p95 {p95:N1} ms");
        }

        Add(
            "10", $"stats over 24 h among {ManyExecutions:N0} executions: p95 of the slowest", $"{worst.P95:N1} ms, of {worst.Name}", "–",
            worst.P95, $"{worst.P95:N1} ms", Budget.AtMost(50, "ms"));
    }

    /// <summary>Every filter alone and combined with each other one. The values come from two sampled executions.</summary>
    private static IEnumerable<(string Name, Func<ExecutionState, ExecutionState, ExecutionFilter> Filter)> Asked()
    {
        foreach (var (name, filter) in Filters)
        {
            yield return (name, (a, _) => filter(a, new()));
            foreach (var (other, with) in Combined.Where(c => c.Name != name && !(c.Name == "time" && name.StartsWith("started", StringComparison.Ordinal))))
            {
                yield return ($"{name} with {other}", (a, b) => filter(a, with(b, new())));
            }
        }
    }

    /// <summary>Samples executions from the whole 24 hours.</summary>
    private static async Task<List<ExecutionState>> SampleAsync(OpenStore store, DateTimeOffset now, Random random)
    {
        var sample = new List<ExecutionState>();
        for (var i = 0; i < 40; i++)
        {
            var before = now.AddSeconds(-random.Next(60, 86_000));
            var page = await store.Reads.ListAsync(
                new() { StartedAfter = before.AddSeconds(-20), StartedBefore = before }, PageSize, null, CancellationToken.None);
            foreach (var listed in page.Items)
            {
                sample.Add((await store.Executions.LoadAsync(listed.Id, CancellationToken.None))!);
            }
        }

        return sample;
    }

    /// <summary>The fastest of three attempts, to exclude delays caused by other programs.</summary>
    private static async Task<double> MicrosecondsAsync<T>(Func<Task<T>> work)
    {
        var fastest = double.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await work();
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(began).TotalMicroseconds);
        }

        return fastest;
    }
}
