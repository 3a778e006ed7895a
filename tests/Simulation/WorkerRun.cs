using ExecutionGrains.Grains;

namespace ExecutionGrains.Simulation;

/// <summary>One worker on one execution, from the claim to the end or to its silence.</summary>
internal sealed class WorkerRun(World world, SimulatedExecution execution, Worker worker)
{
    private const int AttemptsMax = 8;

    private readonly List<ExecutionEvent> _sent = [];
    private readonly List<string> _open = [];
    private readonly List<Task> _background = [];
    private readonly string _prefix = $"{worker.WorkerId}.{worker.Incarnation}.{world.Ledger.AnswerCount}";
    private TimeSpan _stalledUntil;
    private bool _stop;
    private bool _over;
    private int _epoch = 1;

    /// <summary>Whether the tracker must hear of this worker in time. It then never names a wrong epoch: a stale heartbeat is no sign of life.</summary>
    private bool _isHeardAlways;
    private int _ids;

    /// <summary>Whether the worker's process ended without a report.</summary>
    public bool IsDead { get; private set; }

    public async Task Run()
    {
        if (!await Begin())
        {
            return;
        }

        var beats = world.Time.Spawn(Beat);
        if (world.Chance(0.1))
        {
            // Some workers send only heartbeats for a while before they start.
            await world.Time.Delay(world.Seconds(20, 90));
        }

        for (var left = world.Random.Next(3, 25); left > 0 && !_stop && !IsDead && !world.IsEnding; left--)
        {
            await world.Time.Delay(world.Chance(0.05) ? world.Seconds(5, 40) : world.Seconds(0, 3));
            await Stall();
            IsDead = world.Faults.Occurs(FaultKind.WorkerDied, _prefix);
            if (!IsDead)
            {
                await Act();
            }
        }

        if (!IsDead && !world.Chance(0.1))
        {
            await Report(End(_stop));
        }

        _over = true;
        await beats;
        await Task.WhenAll(_background);
    }

    /// <summary>Claims, starts and sends heartbeats until the world ends.</summary>
    /// <returns>Whether the worker holds the execution.</returns>
    public async Task<bool> Keep()
    {
        var began = await Command("create", actor => actor.CreateAsync(new CreateExecution { Facts = execution.Facts, Start = worker }, Caller.Local));
        _epoch = began?.Epoch ?? 1;
        if (began is not { Claimed: true })
        {
            return false;
        }

        _isHeardAlways = true;
        _ = world.Time.Spawn(Beat);
        return true;
    }

    /// <summary>Claims and starts in one of several ways; a refused worker may continue anyway, as a stale worker does.</summary>
    private async Task<bool> Begin()
    {
        var way = world.Random.Next(5);
        if (way == 4)
        {
            return true;
        }

        if (way == 3)
        {
            await Report(Identified(new ExecutionEvent.ExecutionStarted { Facts = execution.Facts, Worker = worker }));
            return true;
        }

        var create = new CreateExecution { Facts = execution.Facts, Start = way == 0 ? worker : null };
        var answer = way == 2 ? null : await Command("create", actor => actor.CreateAsync(create, Caller.Local));
        if (way > 0)
        {
            answer = await Command("claim", actor => actor.ClaimAsync(worker, Caller.Local)) ?? answer;
        }

        _epoch = answer?.Epoch ?? 1;
        return answer is { Claimed: true } || world.Chance(0.3);
    }

    private async Task Act()
    {
        ExecutionEvent? @event = world.Random.Next(20) switch
        {
            < 5 => StepStart(),
            < 9 => StepEnd(),
            < 12 => new ExecutionEvent.Log { Message = "line", Level = world.Chance(0.2) ? Severity.Error : Severity.Info },
            12 => new ExecutionEvent.ExecutionPaused(),
            13 or 14 => new ExecutionEvent.ExecutionResumed(),
            15 => new ExecutionEvent.ExecutionStarted { Facts = execution.Facts, Worker = worker },
            16 => new ExecutionEvent.Unreadable { Code = Code.UnknownType, Message = "type: is unknown", ClaimedType = "what" },
            17 => new ExecutionEvent.Heartbeat(),
            _ => null,
        };
        var events = @event is null ? Again() : [Identified(@event)];
        while (events.Length < 4 && world.Chance(0.2))
        {
            events = [.. events, Identified(world.Chance(0.5) ? StepStart() : StepEnd())];
        }

        if (world.Chance(0.5))
        {
            await Report(events);
        }
        else
        {
            _background.Add(world.Time.Spawn(() => Report(events)));
        }
    }

    /// <summary>Repeats an earlier event: unchanged, under a new id, or with other facts under its id.</summary>
    private ExecutionEvent[] Again()
    {
        if (_sent.Count == 0)
        {
            return [new ExecutionEvent.Heartbeat()];
        }

        var earlier = world.Pick(_sent);
        return world.Random.Next(4) switch
        {
            0 => [earlier with { EventId = $"{_prefix}.{++_ids}" }],
            1 => [earlier with { At = world.Time.Now - world.Seconds(0, 30) }],
            _ => [earlier],
        };
    }

    private ExecutionEvent.StepStarted StepStart()
    {
        var step = $"s{world.Random.Next(12)}";
        _open.Add(step);
        return new ExecutionEvent.StepStarted { StepId = step, Block = "block" };
    }

    private ExecutionEvent.StepCompleted StepEnd() => new()
    {
        StepId = _open.Count > 0 && world.Chance(0.8) ? world.Pick(_open) : $"s{world.Random.Next(12)}",
        Outcome = world.Pick(Enum.GetValues<StepOutcome>()),
        Cost = world.Chance(0.3) ? 0.25m : null,
    };

    private ExecutionEvent End(bool told) => Identified(new ExecutionEvent.ExecutionCompleted
    {
        Outcome = told ? Outcome.Cancel : world.Pick(Enum.GetValues<Outcome>()),
        Output = world.Chance(0.5) ? "{\"rows\":1}"u8.ToArray() : null,
    });

    private ExecutionEvent Identified(ExecutionEvent @event) => @event is ExecutionEvent.Heartbeat ? @event : @event with
    {
        EventId = $"{_prefix}.{++_ids}",
        At = world.Chance(0.5) ? (world.Time.Now + world.Seconds(-5, 5)) : null,
    };

    private async Task Beat()
    {
        while (!_over && !IsDead)
        {
            await world.Time.Delay(execution.Lease * world.Random.NextDouble() * 0.5);
            if (world.Time.Elapsed >= _stalledUntil && !_over && !IsDead)
            {
                await Report([new ExecutionEvent.Heartbeat()], attempts: 2);
            }
        }
    }

    private async Task Stall()
    {
        if (world.Faults.Occurs(FaultKind.WorkerStalled, _prefix))
        {
            _stalledUntil = world.Time.Elapsed + world.Seconds(1, 150);
            await world.Time.Delay(_stalledUntil - world.Time.Elapsed);
        }
    }

    private Task Report(params ExecutionEvent[] events)
    {
        _sent.AddRange(events.Where(e => e.EventId is not null));
        return Report(events, AttemptsMax);
    }

    /// <summary>Sends the events with the same ids until they are answered.</summary>
    private async Task Report(ExecutionEvent[] events, int attempts)
    {
        var offset = world.Chance(0.02) ? world.Random.Next(-1, 2) : 0;
        var epoch = _isHeardAlways ? _epoch : _epoch + offset;
        while (attempts-- > 0 && !IsDead)
        {
            world.Trace.Write(
                $"{execution.Id} e{epoch} {worker.WorkerId}.{worker.Incarnation} -> "
                + $"{string.Join(' ', events.Select(e => $"{e.Type}:{e.EventId}{(StepOf(e) is { } s ? $":{s}" : "")}"))}");
            var answer = await world.Network.Send(
                "report", execution.Id, actor => actor.ReportAsync(new EventReport(epoch, events), Caller.Local),
                (a, arrived) => world.Ledger.Answered(execution.Id, events, epoch, a, arrived));
            if (answer is { Refused: null })
            {
                _stop |= answer.Control is { Stop: true } or { CancelRequested: true };
                return;
            }

            await world.Time.Delay(world.Seconds(0.1, 3));
        }
    }

    private async Task<CommandAnswer?> Command(string what, Func<ExecutionActor, Task<CommandAnswer>> call)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            world.Trace.Write($"{execution.Id} {worker.WorkerId}.{worker.Incarnation} -> {what}");
            var answer = await world.Network.Send(what, execution.Id, call, (a, arrived) => world.Ledger.Answered(execution.Id, worker, a, arrived));
            if (answer is not null and not { Result: Result.Retry })
            {
                return answer;
            }

            await world.Time.Delay(world.Seconds(0.1, 3));
        }

        return null;
    }

    private static string? StepOf(ExecutionEvent @event) => @event switch
    {
        ExecutionEvent.StepStarted e => e.StepId,
        ExecutionEvent.StepCompleted e => e.StepId,
        _ => null,
    };
}
