using ExecutionGrains.Grains;
using ExecutionGrains.Storage;

namespace ExecutionGrains.Hosting.Store;

/// <summary>
/// Deletes expired rows once an hour (<see cref="IOperationsStore.PruneAsync"/>), and every 10 s what deleted executions have left behind
/// (<see cref="IOperationsStore.FinishDeletionsAsync"/>). Every silo runs it without coordination: a second run finds nothing to delete.
/// </summary>
public sealed partial class StorePruning(
    IOperationsStore store,
    TrackerClock clock,
    ILogger<StorePruning> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);
    private static readonly TimeSpan DeletionPeriod = TimeSpan.FromSeconds(10);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        EveryAsync(Period, () => store.PruneAsync(clock.Now, stoppingToken), stoppingToken),
        EveryAsync(DeletionPeriod, () => store.FinishDeletionsAsync(stoppingToken), stoppingToken));

    private async Task EveryAsync(TimeSpan period, Func<Task> work, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(period, clock.Time);
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
        {
            try
            {
                await work().ConfigureAwait(false);
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                // Every exception is caught: the next run follows, and an exception that leaves a hosted service stops the silo.
                PruningFailed(period, failure.Message, failure is StoreException ? null : failure);
            }
        }
    }
}
