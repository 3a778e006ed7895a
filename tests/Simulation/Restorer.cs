using ExecutionGrains.Grains;

namespace ExecutionGrains.Simulation;

/// <summary>
/// An operator who stops every silo, replaces the store by a backup or leaves it as it is, marks it as restored, and starts the silos. It has its own random
/// source, so that older seeds that broke a promise still run unchanged.
/// </summary>
internal sealed class Restorer(World world, Random random)
{
    /// <summary>How long <c>fence</c> watches for heartbeats; everything that an earlier silo sent has arrived by then.</summary>
    private static readonly TimeSpan LookingOn = SiloLiveness.AnswerMax + SiloLiveness.Period + TimeSpan.FromSeconds(1);

    private const int BackupsMax = 3;

    private readonly List<StoreBackup> _backups = [];

    public async Task Run()
    {
        while (!world.IsEnding)
        {
            await world.Time.Delay(Seconds(5, 50));
            if (world.IsEnding)
            {
                return;
            }

            if (random.Next(2) == 0)
            {
                BackUp();
            }
            else
            {
                await Replace(_backups.Count > 0 && random.Next(2) == 0 ? _backups[random.Next(_backups.Count)] : null);
            }
        }
    }

    /// <summary>Any of the last few backups may be restored, also twice, and also after a newer one.</summary>
    private void BackUp()
    {
        world.Trace.Write("backup");
        _backups.Add(world.BackUp());
        if (_backups.Count > BackupsMax)
        {
            _backups.RemoveAt(0);
        }
    }

    /// <param name="backup">Null: the store stays as it is, but is treated as a copy.</param>
    private async Task Replace(StoreBackup? backup)
    {
        await Stop();
        if (backup is null)
        {
            world.Faults.Count(FaultKind.StoreFenced);
        }
        else
        {
            world.Faults.Count(FaultKind.StoreRestored, $"as of {backup.At}");
            world.Restore(backup);
        }

        world.Store.MarkRestored();
        world.Fence.Marked();
        await Start();
        if (random.Next(3) == 0)
        {
            await BreakOff();
        }
    }

    private async Task Stop()
    {
        world.IsStopped = true;
        foreach (var silo in world.Silos.Where(s => s.IsUp))
        {
            silo.Kill();
        }

        await world.Time.Delay(LookingOn + Seconds(0, 20));
    }

    /// <summary>
    /// Starts the silos almost together, or one long after the other. Their clocks are not behind the earlier ones, because the fence's number is computed from
    /// the clock.
    /// </summary>
    private async Task Start()
    {
        world.OffsetMax = world.Silos.Select(s => s.Clock.Offset).Append(world.OffsetMax).Max();
        world.IsStopped = false;
        var apart = random.Next(2) == 0 ? 0.05 : 5;
        await Task.WhenAll(world.Silos.Select(silo => world.Time.Spawn(() => Start(silo, Seconds(0, apart)))));
        world.Faults.Disturb(world.Time.Elapsed + SimulatedSilo.GoneAfter + (2 * SiloLiveness.Period));
    }

    private async Task Start(SimulatedSilo silo, TimeSpan after)
    {
        silo.Clock.Offset = world.OffsetMax;
        await world.Time.Delay(after);
        silo.StartAgain();
    }

    /// <summary>A silo is killed while it fences, and restarted.</summary>
    private async Task BreakOff()
    {
        await world.Time.Delay(Seconds(0, 0.2));
        var silo = world.Silos[random.Next(world.Silos.Count)];
        if (silo.IsUp && !silo.IsServing)
        {
            world.Faults.Count(FaultKind.FencingBrokenOff, silo.Name);
            silo.Kill();
            await world.Time.Delay(Seconds(0, 5));
            silo.StartAgain();
        }
    }

    private TimeSpan Seconds(double min, double max) => TimeSpan.FromSeconds(min + (random.NextDouble() * (max - min)));
}
