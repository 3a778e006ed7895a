using System.Globalization;
using System.Text.Json;
using ExecutionGrains.Rules;
using ExecutionGrains.Storage.Lists;
using ExecutionGrains.Storage.Pages;
using ExecutionGrains.Storage.Stats;
using static ExecutionGrains.Scenarios.World;

namespace ExecutionGrains.Scenarios;

/// <summary>
/// The same random operations on SQLite and on PostgreSQL, from a seed that a failure prints: every answer, row, list and figure is the same. The rules are the
/// same code; the stores differ in how they find earlier ids and steps, order, filter, count and round.
/// </summary>
public sealed class Differential
{
    private const int Operations = 3_000;

    /// <summary>Set this variable to run another seed.</summary>
    private const string Setting = "DIFFERENTIAL_SEED";

    private static readonly string[] Ids = ["a", "b", "c", "d", "e", "f"];

    public static TheoryData<int> Seeds => Environment.GetEnvironmentVariable(Setting) is { } set ? [int.Parse(set, CultureInfo.InvariantCulture)] : [1, 2];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task The_same_operations_have_the_same_results_on_both_stores(int seed)
    {
        await using var one = await OpenAsync(StoreKind.Sqlite, onActors: true);
        await using var other = await OpenAsync(StoreKind.Postgres, onActors: true);
        for (var i = 0; i < Operations; i++)
        {
            var (first, second) = (await Operate(one, new(HashCode.Combine(seed, i))), await Operate(other, new(HashCode.Combine(seed, i))));
            Assert.True(first == second, $"{Setting}={seed}, operation {i}:\n{first}\n{second}");
            if (i % 500 == 499)
            {
                await Compare(one, other, seed);
            }
        }
    }

    private static async Task<string> Operate(World w, Random random)
    {
        var (id, worker) = (Ids[random.Next(Ids.Length)], random.Next(3) == 0 ? W2 : W1);
        var epoch = (await w.Faults.Inner.LoadAsync(new(id), CancellationToken.None))?.Epoch ?? 1;
        var reported = random.Next(8) == 0 ? Math.Max(1, epoch - 1 + random.Next(3)) : epoch;
        switch (random.Next(24))
        {
            case 0:
                return Json(await w.On(id).Create(new CreateExecution { Facts = Facts(random), Start = random.Next(2) == 0 ? worker : null }, Caller.Local));
            case 1 or 2:
                return Json(await w.On(id).Claim(worker, Caller.Local));
            case 3:
                return Json(await w.On(id).Cancel("enough", Caller.Local));
            case 4:
                return Json(await w.On(id).Resolve((Resolution)random.Next(3), "seen", Caller.Local));
            case 5 or 6:
                return Json(await w.On(id).Requeue("again", Caller.Local));
            case 7:
                await w.Seconds(random.Next(30));
                return string.Empty;
            case 8:
                return Json((await w.Sweep()).Select(sweep => (sweep.Found, sweep.Acted)).ToArray());
            default:
                var events = Enumerable.Range(0, 1 + random.Next(4)).Select(_ => Event(random, w.Now, worker)).ToArray();
                return Json(await w.On(id).Report(new EventReport(reported, events), Caller.Local));
        }
    }

    /// <summary>Ids repeat, so that some events are duplicates, conflicts or late.</summary>
    private static ExecutionEvent Event(Random random, DateTimeOffset now, Worker worker)
    {
        var step = $"s{random.Next(6)}";
        ExecutionEvent e = random.Next(14) switch
        {
            0 => new ExecutionEvent.ExecutionStarted { Worker = worker, Facts = Facts(random) },
            1 or 2 or 3 => StepStart(step, $"b{random.Next(3)}") with { Input = "[1]"u8.ToArray() },
            4 or 5 or 6 => StepEnd(step, (StepOutcome)random.Next(8)) with { Cost = random.Next(3) * 0.10m, Output = "{\"a\":\"\u00e9\"}"u8.ToArray() },
            7 or 8 => Line($"line {random.Next(5)} \u00e9\ud83d\ude00", (Severity)random.Next(4)) with { StepId = random.Next(2) == 0 ? step : null },
            9 => new ExecutionEvent.ExecutionPaused { Reason = "wait" },
            10 => new ExecutionEvent.ExecutionResumed(),
            11 when random.Next(2) == 0 => End((Outcome)random.Next(6)) with { Output = "\"done\""u8.ToArray(), Facts = Facts(random) },
            12 => new ExecutionEvent.Unreadable
            {
                Code = Code.InvalidEvent,
                Message = $"m{random.Next(3)}",
                ClaimedType = random.Next(3) == 0 ? "execution.completed" : "log",
            },
            _ => new ExecutionEvent.Heartbeat { Progress = new(random.Next(100), null) },
        };
        return e is ExecutionEvent.Heartbeat ? e : e with
        {
            EventId = $"id{random.Next(400)}",
            At = random.Next(2) == 0 ? null : now.AddMilliseconds(random.Next(-60_000, 5_000)),
        };
    }

    private static ExecutionFacts Facts(Random random) => random.Next(6) switch
    {
        0 => new() { Workflow = "import", Labels = new() { ["region"] = $"r{random.Next(2)}" } },
        1 => new() { Workflow = $"w{random.Next(3)}", MaxAttempts = 3, Idempotent = true },
        2 => new() { HeartbeatTimeoutSeconds = 20, TimeoutSeconds = 300 },
        3 => new() { ExplicitTrace = true, ConfigVersion = "7" },
        _ => ExecutionFacts.None,
    };

    private static async Task Compare(World one, World other, int seed)
    {
        var (first, second) = (await Stored(one), await Stored(other));
        for (var i = 0; i < Math.Max(first.Count, second.Count); i++)
        {
            var (a, b) = (first.ElementAtOrDefault(i), second.ElementAtOrDefault(i));
            Assert.True(a == b, $"{Setting}={seed}:\n{a}\n{b}");
        }
    }

    private static async Task<List<string>> Stored(World w)
    {
        List<string> lines = [];
        foreach (var id in Ids)
        {
            if (await w.Faults.Inner.LoadAsync(new(id), CancellationToken.None) is not { } state)
            {
                continue;
            }

            lines.Add(Json(state));
            // The key of the hashes is the store's own.
            lines.AddRange(
                (await All(c => w.Reads.StepsAsync(state, StepFilter.All, 7, c, CancellationToken.None)))
                    .Select(s => Json(s with { StartHash = null, EndHash = null })));
            lines.AddRange(
                (await All(c => w.Reads.HistoryAsync(state, newestFirst: false, 7, c, CancellationToken.None))).Select(h => Json(h with { Hash = null })));
            lines.AddRange((await All(c => w.Reads.LogsAsync(state, LogFilter.All, 7, c, CancellationToken.None))).Select(Json));
            lines.AddRange((await w.Evidence(id)).Select(Json));
            lines.AddRange((await w.Rejections(id)).Select(Json));
            lines.Add(Json(await w.Reads.FinalPayloadAsync(state, state.Epoch, CancellationToken.None)));
        }

        ExecutionFilter[] filters =
        [
            new(), new() { Status = [ExecutionStatus.Lost, ExecutionStatus.Running] }, new() { Workflow = ["import", "w1"] },
            new() { Label = [new("region", "r1")] },
            new() { Late = true }, new() { Worker = ["worker-2"] }, new() { Cause = [Cause.Reported, Cause.LostAfterStart] }, new() { Prefix = "w" },
        ];
        foreach (var filter in filters)
        {
            lines.AddRange((await All(c => w.Reads.ListAsync(filter, 2, c, CancellationToken.None))).Select(Json));
        }

        lines.AddRange((await w.Audit()).Select(Json));
        lines.Add(Figures(await w.Figures()));
        return lines;
    }

    private static string Figures(Figures f) => string.Join(
        ' ',
        f.ByStatus.Where(x => x.Value != 0).OrderBy(x => x.Key).Select(x => $"{x.Key}={x.Value}")
            .Concat(f.ByCause.Where(x => x.Value != 0).OrderBy(x => x.Key).Select(x => $"{x.Key}={x.Value}"))
            .Concat(f.ByResolution.Where(x => x.Value != 0).OrderBy(x => x.Key).Select(x => $"{x.Key}={x.Value}"))
            .Append($"late {f.LateAfterLost} p50 {f.P50} p95 {f.P95} p99 {f.P99}"));

    private static async Task<List<T>> All<T>(Func<string?, Task<Page<T>>> page)
    {
        List<T> items = [];
        string? cursor = null;
        do
        {
            var next = await page(cursor);
            items.AddRange(next.Items);
            cursor = next.NextCursor;
        }
        while (cursor is not null);
        return items;
    }

    private static readonly JsonSerializerOptions Fields = new() { IncludeFields = true };

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, Fields);
}
