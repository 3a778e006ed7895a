using static ExecutionGrains.Rules.Tests.World;

namespace ExecutionGrains.Rules.Tests;

/// <summary>
/// Rule 3 as a property: the record is the same in every order of arrival in which no event is answered late, conflict, invalid transition or stale. Histories
/// are generated from a seed that a failure prints; each runs in its own order and in others.
/// </summary>
public sealed class OrderTests
{
    private const int OrdersMax = 24;

    private static readonly int Histories = PropertyRuns.Count(4_000);

    /// <summary>The clock when the first event arrives; all producer times are earlier.</summary>
    private static readonly DateTimeOffset Arrival = Begin.AddHours(1);

    [Fact]
    public void D24_The_record_is_the_same_in_every_order_of_arrival()
    {
        var compared = 0;
        for (var seed = 0; seed < Histories; seed++)
        {
            var random = new Random(seed);
            var (create, events) = History(random);
            string? first = null;
            for (var n = 0; n < OrdersMax; n++)
            {
                var order = (ExecutionEvent[])events.Clone();
                if (n > 0)
                {
                    random.Shuffle(order);
                }

                if (Run(create, order, step: random.Next(2) == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(1)) is { } record)
                {
                    Assert.True(first is null || first == record, $"Seed {seed}, order {n}: {string.Join(", ", order.Select(Brief))}\n{first}\n{record}");
                    compared += first is null ? 0 : 1;
                    first ??= record;
                }
            }
        }

        Assert.True(compared > Histories, $"Only {compared} orders were compared.");
    }

    private static string Brief(ExecutionEvent e) => $"{e.EventId} {e.Type} {e.At:HH:mm:ss}";

    /// <summary>Up to six events of one worker, each with its own time, and possibly a create call before them.</summary>
    private static (ExecutionFacts? Create, ExecutionEvent[] Events) History(Random random)
    {
        List<ExecutionEvent> events = [];
        var seconds = Enumerable.Range(1, 3000).ToArray();
        random.Shuffle(seconds);
        var next = 0;
        DateTimeOffset At() => Begin.AddSeconds(seconds[next++]);
        while (events.Count < 2 + random.Next(5))
        {
            var step = $"s{random.Next(2)}";
            ExecutionEvent e = random.Next(8) switch
            {
                0 or 1 when events.All(x => x is not ExecutionEvent.ExecutionStarted) => Start(random.Next(3) == 0 ? null : W1) with { Facts = Facts(random) },
                2 when events.All(x => x is not ExecutionEvent.ExecutionCompleted) =>
                    End((Outcome)random.Next(6)) with { Facts = Facts(random), Cost = random.Next(3) == 0 ? 7 : null, Output = "1"u8.ToArray() },
                3 or 4 when events.OfType<ExecutionEvent.StepStarted>().All(x => x.StepId != step) =>
                    StepStart(step, $"b{random.Next(3)}") with { BlockType = random.Next(2) == 0 ? "http" : null, Input = "1"u8.ToArray() },
                5 or 6 when events.OfType<ExecutionEvent.StepCompleted>().All(x => x.StepId != step) =>
                    StepEnd(step, (StepOutcome)random.Next(8)) with
                    {
                        Block = random.Next(3) == 0 ? "other" : null,
                        Cost = random.Next(2),
                        Output = "2"u8.ToArray(),
                    },
                7 when random.Next(2) == 0 => new ExecutionEvent.Heartbeat { Workflow = random.Next(2) == 0 ? "import" : "export" },
                _ => new ExecutionEvent.Log { Message = "m", Level = (Severity)random.Next(4) },
            };
            events.Add(e with { EventId = $"e{events.Count}", At = At() });
        }

        return (random.Next(2) == 0 ? Facts(random) with { Workflow = "import", ExplicitTrace = true } : null, [.. events]);
    }

    private static ExecutionFacts Facts(Random random) => random.Next(4) switch
    {
        0 => new() { Workflow = "import", ConfigVersion = $"{random.Next(2)}" },
        1 => new() { Labels = new() { ["a"] = $"{random.Next(2)}", [$"k{random.Next(2)}"] = "1" } },
        2 => new() { TriggerType = "webhook", TimeoutSeconds = 100_000 + random.Next(2), Traceparent = "00-1" },
        _ => ExecutionFacts.None,
    };

    /// <returns>Null if rule 3 promises nothing for this order.</returns>
    private static string? Run(ExecutionFacts? create, ExecutionEvent[] order, TimeSpan step)
    {
        var world = new World { Now = Arrival };
        if (create is not null)
        {
            world.Create(facts: create);
        }

        foreach (var e in order)
        {
            world.Now += step;
            var hasEnded = world.State is { IsFinal: true };
            var answer = world.Report(e);
            if (hasEnded && answer.Code == Code.Conflict && e is ExecutionEvent.ExecutionStarted start)
            {
                // D25: a start that arrives after the end is refused only for facts that a create call stated.
                Assert.True(
                    create is not null && FactsMerge.ConflictingField(create, start.Facts) is not null,
                    $"{string.Join(", ", order.Select(Brief))}: {answer.Message}");
            }

            if (answer.Result is Result.Late || answer.Code is Code.Conflict or Code.InvalidTransition or Code.StaleEpoch)
            {
                return null;
            }

            Assert.Equal(Result.Applied, answer.Result);
        }

        world.HistoryGivesTheState();
        return Record(world);
    }

    /// <summary>What readers see, without sequence numbers, versions and the tracker's times.</summary>
    private static string Record(World w)
    {
        var s = w.S;
        var labels = string.Join(",", (s.Facts.Labels ?? []).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));
        List<string> lines =
        [
            $"{s.Status} {s.Outcome} {s.Cause} {s.Path} worker {s.Worker} started {Time(s.StartedAt)} ended {Time(s.EndedAt)}",
            $"{s.Facts with { Labels = null }} {labels}",
            $"steps {s.StepCount} open {s.OpenStepCount} failed {s.FailedStepCount} cost {s.Cost} logs {s.LogCount} errors {s.ErrorLogCount}",
            $"started {Marker(s.LastStarted)}",
            $"completed {Marker(s.LastCompleted)}",
        ];
        foreach (var step in w.Steps.Values.OrderBy(x => x.StepId, StringComparer.Ordinal))
        {
            lines.Add(
                $"{step.StepId} {step.Status} {step.Block} {step.BlockType} {Time(step.StartedAt)} {Time(step.EndedAt)} "
                + $"{step.Cost} {step.Input?.Length} {step.Output?.Length}");
        }

        return string.Join("\n", lines);
    }

    private static string Marker(BlockMarker? m) =>
        m is null ? "none" : $"{m.StepId} {m.Block} {m.BlockType} {Time(m.StartedAt)} {Time(m.EndedAt)} {m.Success}";

    private static string Time(DateTimeOffset? at) => at is null ? "-" : at >= Arrival ? "tracker's" : $"{at:HH:mm:ss}";
}
