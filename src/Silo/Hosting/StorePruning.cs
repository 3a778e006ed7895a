using ExecutionGrains.Grains;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>Deletes once an hour what no reader needs any more (<see cref="IOperationsStore.PruneAsync"/>). Every silo does; there is nothing left for the second.</summary>
public sealed partial class StorePruning(
    IOperationsStore store,
    TrackerClock clock,
    ILogger<StorePruning> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock.Time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await store.PruneAsync(clock.Now, stoppingToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it was, the next time is in an hour. An exception that leaves a hosted service ends the silo.
                PruningFailed(failure.Message, failure is StoreException ? null : failure);
            }
        }
    }
}
