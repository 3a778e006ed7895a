namespace ExecutionGrains.Simulation;

/// <summary>One run of the deterministic simulation: its seed determines everything in it.</summary>
public static class SimulationRun
{
    /// <summary>Longer than any deadline: a lease of 60 s and a half, an outage's lease, the graces, a sweep.</summary>
    private static readonly TimeSpan CalmTime = TimeSpan.FromSeconds(200);

    private static readonly TimeSpan StormMax = TimeSpan.FromMinutes(10);

    /// <summary>Runs on the caller's thread.</summary>
    /// <param name="keepTrace">Whether to keep the lines of the trace; the hash is always kept.</param>
    public static RunResult Of(int seed, bool keepTrace = false)
    {
        var world = new World(seed, keepTrace);
        string? failure = null;
        try
        {
            world.Time.Run(() => Live(world));
        }
        catch (Exception e)
        {
            failure = e.ToString();
        }
        finally
        {
            world.End();
        }

        return new RunResult(
            seed, world.Verdict.Failure ?? failure, world.Trace.Hash, world.Trace.Lines, world.Faults.Counts, world.Ledger.AnswerCount,
            world.Store.Executions.Count, world.Time.Elapsed, world.Time.TaskCount);
    }

    private static async Task Live(World world)
    {
        foreach (var silo in world.Silos)
        {
            silo.Clock.Offset = world.Seconds(-1, 1);
            silo.Start();
        }

        Task[] others =
        [
            world.Time.Spawn(new SimulatedOperator(world).Run), world.Time.Spawn(new Mischief(world).Run),
            .. world.HasRestores ? [world.Time.Spawn(new Restorer(world, new Random(world.Seed + 1)).Run)] : Array.Empty<Task>(),
        ];
        var workers = Task.WhenAll(Enumerable.Range(0, world.Setup.WorkerCount).Select(i => world.Time.Spawn(new SimulatedWorker(world, i).Run)));
        await Task.WhenAny(workers, world.Time.Delay(StormMax));
        world.IsEnding = true;
        await workers;
        await Task.WhenAll(others);
        await Calm(world);
    }

    /// <summary>Stops all faults. Executions of silent workers must end, and those of reporting workers must continue.</summary>
    private static async Task Calm(World world)
    {
        world.Trace.Write("calm");
        world.Faults.IsOver = true;
        world.Faults.Disturb(world.Time.Elapsed);
        // A call that is still hanging blocks a silo's commits. Workers that report there are not heard, and no other silo knows why.
        await world.Time.Delay(world.Faults.LastDisturbance - world.Time.Elapsed);
        var kept = new HashSet<string>(StringComparer.Ordinal);
        var keeper = new SimulatedExecution(World.Kept, world.Random)
        {
            Facts = new() { Workflow = "flow0", HeartbeatTimeoutSeconds = world.Chance(0.5) ? 10 : 30 },
        };
        if (await new WorkerRun(world, keeper, new Worker("keeper", "0")).Keep())
        {
            kept.Add(keeper.Id);
        }

        await world.Time.Delay(CalmTime);
        new FinalChecks(world).Check(kept);
    }
}
