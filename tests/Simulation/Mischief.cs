using ExecutionGrains.Grains;

namespace ExecutionGrains.Simulation;

/// <summary>Injects faults into whole silos and the store.</summary>
internal sealed class Mischief(World world)
{
    public async Task Run()
    {
        while (!world.IsEnding)
        {
            await world.Time.Delay(world.Seconds(2, 25));
            if (!world.IsEnding)
            {
                Strike();
            }
        }
    }

    private void Strike()
    {
        var silo = world.Pick(world.Silos);
        switch (world.Random.Next(5))
        {
            case 0 when silo.IsUp && world.Faults.Occurs(FaultKind.SiloKilled, silo.Name):
                silo.Kill();
                var down = world.Seconds(0, world.Chance(0.3) ? 90 : 10);
                // The other silos wait that long, and until the next heartbeat, before they judge.
                world.Faults.Disturb(world.Time.Elapsed + (down > SimulatedSilo.GoneAfter ? down : SimulatedSilo.GoneAfter) + (2 * SiloLiveness.Period));
                world.Time.Spawn(() => Restart(silo, down));
                break;
            case 1 or 4 when world.Setup.Chances[FaultKind.StoreAway] > 0 && world.Chance(world.Setup.Chances[FaultKind.StoreAway]):
                world.Faults.GoAway(world.Seconds(1, 60));
                break;
            case 2 when world.Faults.Occurs(FaultKind.ClockStepped, silo.Name):
                Step(silo);
                break;
            case 3 when silo.IsServing && world.Faults.Occurs(FaultKind.GrainForgotten, silo.Name):
                silo.Forget(world.Pick(world.Executions).Id);
                break;
        }
    }

    private async Task Restart(SimulatedSilo silo, TimeSpan after)
    {
        await world.Time.Delay(after);
        silo.StartAgain();
    }

    private void Step(SimulatedSilo silo)
    {
        var by = world.Seconds(-30, 60);
        silo.Clock.Offset += by;
        world.SkewMax += by.Duration();
        world.OffsetMax = silo.Clock.Offset > world.OffsetMax ? silo.Clock.Offset : world.OffsetMax;
        world.Trace.Write($"{silo.Name} clock stepped by {by}, now {silo.Clock.Offset} off");
    }
}
