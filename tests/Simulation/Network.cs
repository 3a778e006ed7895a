using ExecutionGrains.Grains;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Simulation;

/// <summary>
/// The network between workers and silos, with a load balancer that does not know where grains are. It delays, drops, duplicates and reorders requests and
/// loses answers.
/// </summary>
internal sealed class Network(World world)
{
    /// <summary>Number of calls that reached a grain.</summary>
    public long DeliveredCount { get; private set; }

    /// <summary>The answer, or null if none came in time.</summary>
    /// <param name="answered">Called for every answer of a grain, lost or not, with the time at which its request arrived.</param>
    public Task<T?> Send<T>(string what, string id, Func<ExecutionActor, Task<T>> call, Action<T, TimeSpan> answered)
        where T : class
    {
        var answer = new TaskCompletionSource<T?>(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Time.Spawn(() => Deliver(what, id, call, answered, answer));
        if (world.Faults.Occurs(FaultKind.RequestDuplicated, what))
        {
            world.Time.Spawn(() => Deliver(what, id, call, answered, answer));
        }

        world.Time.Spawn(async () =>
        {
            await world.Time.Delay(world.Seconds(3, 12));
            answer.TrySetResult(null);
        });
        return answer.Task;
    }

    private async Task Deliver<T>(string what, string id, Func<ExecutionActor, Task<T>> call, Action<T, TimeSpan> answered, TaskCompletionSource<T?> answer)
        where T : class
    {
        await Travel(what);
        if (world.Faults.Occurs(FaultKind.RequestDropped, what) || Serving() is not { } silo)
        {
            return;
        }

        DeliveredCount++;
        var arrived = world.Time.Elapsed;
        world.Ledger.Arrived(id, arrived);
        var heard = silo.VersionHeard(id);
        T said;
        try
        {
            said = await silo.CallAsync(id, call);
        }
        catch (Exception e) when (e is StoreException or TimeoutException or Orleans.Runtime.OrleansException)
        {
            world.Ledger.GivenUp(id);
            world.Trace.Write($"{silo.Name} {what}: {e.GetType().Name}");
            world.Verdict.Check(!world.IsStoreCalm, $"A caller saw an error though the store was well: {what}: {e}");
            return;
        }

        // The call waited for its turn; the lease runs from the time of the decision.
        world.Ledger.Arrived(id, world.Time.Elapsed);
        var version = said switch
        {
            ReportAnswer { Refused: null } a => a.Version,
            CommandAnswer { Result: not Result.Retry } a => a.Version,
            _ => long.MaxValue,
        };
        world.Verdict.Check(version >= heard, $"{id}: {silo.Name} answers by version {version}, and has heard of {heard}");
        answered(said, arrived);
        if (!world.Faults.Occurs(FaultKind.AnswerDropped, what))
        {
            await Travel(what);
            answer.TrySetResult(said);
        }
    }

    private Task Travel(string what) =>
        world.Time.Delay(world.Faults.Occurs(FaultKind.RequestDelayed, what) ? world.Seconds(0, 20) : world.Seconds(0.0005, world.Chance(0.1) ? 0.5 : 0.02));

    private SimulatedSilo? Serving()
    {
        var serving = world.Silos.Where(s => s.IsServing).ToArray();
        return serving.Length == 0 ? null : world.Pick(serving);
    }
}
