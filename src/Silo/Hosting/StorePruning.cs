using ExecutionGrains.Grains;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Silo.Hosting;

/// <summary>
/// Deletes expired rows once an hour (<see cref="IOperationsStore.PruneAsync"/>). Every silo runs it without coordination: a second run finds nothing to
/// delete.
/// </summary>
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
                // Every exception is caught: the next run follows in an hour, and an exception that leaves a hosted service stops the silo.
                PruningFailed(failure.Message, failure is StoreException ? null : failure);
            }
        }
    }
}
